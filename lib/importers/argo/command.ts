import { scanShell } from '../../core/dag/shell/scan';
import { shellQuote, shellWord } from '../../core/dag/shell/word';
import { hereDocument } from '../shell';
import type { ArgoContainer, ArgoTemplate } from './schema';
import { fill, type Part, type Resolve } from './tags';

/** A command, or why there is none that does what Argo would do. */
export type Made = { readonly run: string } | { readonly why: string };

/** Programs of which a shell has its own, which may read its arguments otherwise. */
const OF_THE_SHELL = /^(?:echo|printf|test|\[|pwd|kill|time|true|false)$/;

const SHELL = /^(?:.*\/)?(?:ba|da|a|k|z)?sh$/;

/** What a template runs. @param secret hears of each secret that the command reads */
export function commandOf(template: ArgoTemplate, resolve: Resolve): Made {
  const { script, container } = template;
  if (script) return scriptCommand(script, resolve);
  if (container) return containerCommand(container, resolve);
  return { why: 'it is neither a script nor a container' };
}

/** Argo writes the source to a file and gives its path to the command as the last argument. */
function scriptCommand(script: NonNullable<ArgoTemplate['script']>, resolve: Resolve): Made {
  const { source: code } = script;
  if (code === undefined || code === null) return { why: 'its script has no source' };
  const [first, ...rest] = (script.command ?? []).map(String);
  if (first === undefined) return { why: 'its script names no command: the image decides what runs it' };
  const isShell = SHELL.test(first);
  // `sh -c FILE` runs the file, which has no interpreter of its own, by a shell.
  const options = isShell ? rest.filter((word) => word !== '-c') : rest;
  const source = codeText(fill(code, resolve), isShell);
  if ('why' in source) return source;
  const { open, body } = hereDocument(source.run.replace(/\n$/, ''));
  return { run: [`${[first, ...options].map(shellWord).join(' ')} /dev/fd/3 3${open}`, body].join('\n') };
}

function containerCommand({ command, args }: ArgoContainer, resolve: Resolve): Made {
  if (!command || command.length === 0) {
    return { why: 'it runs the entrypoint of its image, which is known to the image only' };
  }
  const words = [...command, ...(args ?? [])].map(String);
  const isShell = SHELL.test(words[0]!);
  const code = isShell ? words.findIndex((word, i) => i > 0 && /^-[a-z]*c$/.test(word)) + 1 : 0;
  const made = words.map((word, i): Made => {
    const parts = fill(word, resolve);
    if (code === 0 || i !== code) return argument(parts);
    const text = codeText(parts, true);
    return 'why' in text ? text : { run: shellQuote(text.run) };
  });
  const failed = made.find((each) => 'why' in each);
  const program = OF_THE_SHELL.test(words[0]!) ? ['env'] : [];
  return failed ?? { run: [...program, ...made.map((each) => ('run' in each ? each.run : ''))].join(' ') };
}

/** One argument, whatever its variables hold. */
function argument(parts: readonly Part[]): Made {
  const unknown = parts.find(({ kind }) => kind === 'unknown');
  if (unknown?.kind === 'unknown') return { why: onlyThere(unknown.source) };
  const words = parts.map((part) => {
    if (part.kind === 'variable') return `"\${${part.name}?}"`;
    return part.kind === 'text' ? shellWord(part.text) : '';
  });
  return { run: words.join('') || "''" };
}

/** Code with its values put in. Argo puts them in as text; here a shell reads them, where it reads variables. */
function codeText(parts: readonly Part[], isShell: boolean): Made {
  const unknown = parts.find(({ kind }) => kind === 'unknown');
  if (unknown?.kind === 'unknown') return { why: onlyThere(unknown.source) };
  const text = parts
    .map((part) => (part.kind === 'text' ? part.text : part.kind === 'variable' ? `\${${part.name}?}` : ''))
    .join('');
  const variables = parts.filter((part) => part.kind === 'variable');
  if (variables.length === 0) return { run: text };
  if (!isShell) return { why: `${variables[0]!.source} is known only later, and its code is not a shell's` };
  const names = new Set(variables.map(({ name }) => `\${${name}?}`));
  const { places } = scanShell(text, (code, at) => {
    const name = [...names].find((each) => code.startsWith(each, at));
    return name === undefined ? undefined : { name, to: at + name.length };
  });
  const isRead = places.every(({ quoting }) => ['none', 'double', 'here', 'comment'].includes(quoting));
  return isRead ? { run: text } : { why: `${variables[0]!.source} stands where a shell reads no variable` };
}

function onlyThere(source: string): string {
  return `${source} is only known to Argo`;
}

/** A command that fails and says why, in place of one that cannot be written. */
export function guard(why: string): string {
  return `echo ${shellQuote(`not imported: ${why.replace(/\s+/g, ' ')}`)} >&2; exit 1`;
}

/** In which forms a command's output is handed on: as the text `result`, as the list `items`. */
export type Handed = 'result' | 'items';

/** A command whose output is handed on, and is printed all the same. */
export function capturing(run: string, as: ReadonlySet<Handed>): string {
  return [
    'RESULT=$(',
    run,
    ') && STATUS=0 || STATUS=$?',
    `printf '%s\\n' "$RESULT"`,
    ...(as.has('result')
      ? [`printf 'result<<END_OF_RESULT\\n%s\\nEND_OF_RESULT\\n' "$RESULT" >> "$REPRISE_OUTPUT"`]
      : []),
    ...(as.has('items')
      ? [`printf 'items:=%s\\n' "$(printf '%s' "$RESULT" | tr '\\n' ' ')" >> "$REPRISE_OUTPUT"`]
      : []),
    'exit "$STATUS"',
  ].join('\n');
}
