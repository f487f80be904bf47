/** What compilers that keep the names of functions put into their bodies: `tsx` does, and needs it to be there. */
const PRELUDE = 'const __name = (value) => value;';

/**
 * A program for `node -e` from functions that use nothing of the modules they stand in.
 * @param functions by the name under which the main one, and each other, finds them.
 * @param call what to run, such as `main(helper)`.
 */
// biome-ignore lint/complexity/noBannedTypes: only the text of it is wanted
export function programOf(functions: Readonly<Record<string, Function>>, call: string): string {
  const parts = Object.entries(functions).map(([name, text]) => `const ${name} = ${text.toString()};`);
  return [PRELUDE, ...parts, call].join('\n');
}
