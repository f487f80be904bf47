/** What a terminal obeys and nobody reads: colours, cursor moves, titles. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const ANSI = /\u001b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;

/** Frames of a stack, which move with every change of a source file: JavaScript, Java, .NET, Go, Ruby, Dart. */
const FRAME =
  /^[ \t]*(?:at (?:[\w$.<>[\]`/@ #+:-]*\([^)\n]*\)|(?:async )?(?:file:\/\/|node:|\/|\w:\\)[^\n]*|[\w$.]+\.[\w$<>]+[^\n]* in [^\n]*:line \d+)|❯ [^\n]*:\d+:\d+|#\d+ +0x[0-9a-f]+[^\n]*|#\d+ {2,}\S[^\n]*)[ \t]*$/gm;

/** Text and what stands for it, in this order: what is specific goes first. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T _]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g, '<time>'],
  [/\b\d{4}[-/.]\d\d[-/.]\d\d\b|\b\d{8}T\d{6}Z?\b/g, '<time>'],
  [
    /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} \w{3} \d{4}\b|\b\w{3} +\d{1,2} (?=\d\d:\d\d:\d\d)/g,
    '<time>',
  ],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+|\/\d+)?\b/g, '<address>'],
  [/\[?(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\]?(?::\d+)?|\[?::1?\]?:\d+\b|\[::1?\]/gi, '<address>'],
  [
    /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"'`<>]*@)?([^\s/:"'`<>()[\],]*)(?::\d+)?(?:[/?#][^\s"'`<>)\],]*)?/gi,
    '$1$2',
  ],
  [/(?<![\w/.])(?:[a-z]:)?(?:\\+[\w.@$ -]+){2,}\\*[\w.-]*(?::\d+)*/gi, '<path>'],
  [/(?<![\w/.>])(?:~|\.{1,2})?(?:\/[\w.@+$~%=-]+){2,}\/?(?::\d+(?::\d+)?)?/g, '<path>'],
  [/(?<![\w/.>])(?:~|\.{1,2})?\/[\w@+$~%=-]+\.\w+(?::\d+(?::\d+)?)?/g, '<path>'],
  [
    /(?<![\w/.@-])\.{0,2}[\w@][\w.@+-]*(?:\/[\w.@+[\]-]+)*\/[\w.@+[\]-]*\.[a-z]\w{0,9}(?::\d+(?::\d+)?)?\b/gi,
    '<path>',
  ],
  [
    /\b[\w-]+(?:\.[\w-]+)*\.(?:[cm]?[jt]sx?|py|java|kts?|scala|groovy|go|rs|rb|php|cs|fs|swift|dart|exs?|cc|cpp|c|h|hpp|feature|robot|clj|jl|pl|t|spec|vue|svelte)(?::\d+)+\b/g,
    '<path>',
  ],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/gi, '<id>'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_]{20,}={0,2}(?![\w])/g, '<id>'],
  [
    /\b(?<=(?:status|status code|HTTP(?:\/[\d.]+)?|exit|exited|returned|code|value|errno|error|err|response|signal|received|got)[ :=#(['"]{1,3})\d{1,3}\b(?![.,:]?\d|[a-zA-Z%])/gi,
    '$&\ue000',
  ],
  [/(?<=^|\n|[>] ?)[45]\d\d\b|\b[45]\d\d(?= (?:[A-Z][a-z]+|server error|client error|- |\{))/gi, '$&\ue000'],
  [
    /\b\d+(?:[.,_]\d+)*\s?(?:ms|msec|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|µs|us|ns)\b(?:\s?\d+(?:\.\d+)?\s?(?:ms|s|m)\b)*/gi,
    '<duration>',
  ],
  [/\b\d+(?:[.,_]\d+)*\s?(?:[KMGT]i?B|bytes?|kB)\b/g, '<size>'],
  [/(?<![\w<\ue000])[+-]?\d+(?:[.,_:]\d+)*(?![\w\ue000])/g, '<n>'],
  [/(?<=[a-zA-Z])[-_#:.]\d+(?![\w\ue000])|(?<=[a-z_-])\d{2,}(?=\b|_)/g, '<n>'],
  [/\ue000/g, ''],
];

const QUOTED = /(?<![A-Za-z])(["'`])((?:(?!\1)[^\n]){0,200})\1/g;
const VARYING = /<(?:n|id|time|duration|path|address|size)>/;

/** What is quoted is kept, for it names the failure (a module, a fixture), unless part of it varies. */
function quoted(whole: string, mark: string, inner: string): string {
  return VARYING.test(inner) ? `${mark}<value>${mark}` : whole;
}

/**
 * A message without what differs from one time it appears to the next: ids, hashes, addresses, ports, paths, times,
 * durations, sizes, numbers, colours and frames of the stack. Names, words, statuses and exit codes stay.
 */
export function normalise(message: string): string {
  let text = message.replace(ANSI, '').replace(FRAME, '');
  for (const [pattern, placeholder] of PARTS) text = text.replace(pattern, placeholder);
  return text.replace(QUOTED, quoted).replace(/\s+/g, ' ').trim();
}
