/** Characters of a text that a pattern is tried on. */
const LONGEST = 1_000;
/** What other engines read differently, and what may take this language for ever. */
const FOREIGN = /\\[AzZQEGRXNhHCpPa]|\(\?(?!:)|\[\[:|&&|[*+?}]\+|\((?:\?:)?[^()]*[+*}][^()]*\)[+*{]/;

/** Whether a pattern of another language is found in a text; undefined where regular expressions here may differ. */
export function fits(text: string, pattern: string, flags = ''): boolean | undefined {
  if (FOREIGN.test(pattern) || text.length > LONGEST) return undefined;
  try {
    return new RegExp(pattern, [...new Set(flags)].join('')).test(text);
  } catch {
    return undefined;
  }
}
