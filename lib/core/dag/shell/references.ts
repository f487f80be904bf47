import { placeholderAt } from '../template';
import { codeReader } from './code';
import { type Place, type Quoting, type Scan, scanShell } from './scan';

/**
 * How values that nobody has looked at reach a command: in variables of its environment. A placeholder for one becomes a
 * reference to its variable, quoted as its place needs, so that the text of the command is the same for every value. A
 * place where that cannot be is refused when the graph is checked.
 */

/** The variable of a placeholder; undefined for one that is not filled this way. */
export type VariableOf = (name: string) => string | undefined;

/** The command with references for placeholders. One in a place that is refused stays. */
export function withReferences(run: string, variableOf: VariableOf): string {
  const scan = scanShell(run, placeholderAt);
  let filled = '';
  let at = 0;
  for (const place of scan.places) {
    const variable = variableOf(place.name);
    if (variable === undefined || problemOf(place, scan) !== undefined) continue;
    // Without its variable the command fails, and does not run with nothing.
    const reference = `\${${variable}?}`;
    filled += run.slice(at, place.from) + (place.quoting === 'none' ? `"${reference}"` : reference);
    at = place.to;
  }
  return filled + run.slice(at);
}

/** What is wrong with the places of placeholders, each with what to write instead. */
export function placeProblems(run: string, variableOf: VariableOf): string[] {
  const scan = scanShell(run, placeholderAt);
  return scan.places.flatMap((place) => {
    const variable = variableOf(place.name);
    const problem = variable === undefined ? undefined : problemOf(place, scan);
    if (problem === undefined) return [];
    return [`{{ ${place.name} }} ${problem}: write "$${variable}" where its value is wanted as text`];
  });
}

const REFUSED: Partial<Record<Quoting, string>> = {
  single: 'stands in single quotes, in which a shell puts nothing',
  raw: 'stands in a here-document whose delimiter is in quotes, in which a shell puts nothing',
  backquote: 'stands in backquotes, where quoting is not what it seems; use $(...)',
  parameter: 'stands in ${...}',
  arithmetic: 'stands where a shell calculates, and would run what stands in the value',
  escaped: 'stands right behind a backslash or a dollar sign',
  deep: 'stands in too many parentheses',
};

function problemOf({ quoting, links }: Place, scan: Scan): string | undefined {
  const [inner] = links;
  const isSubscript = inner?.word !== undefined && /^[A-Za-z_]\w*\[[^\]]*$/.test(inner.before);
  const refused = REFUSED[isSubscript ? 'arithmetic' : quoting];
  if (refused !== undefined) return refused;
  const reader = codeReader(links, scan);
  return reader === undefined ? undefined : `would be code to ${reader}`;
}
