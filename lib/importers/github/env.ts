import type { Path } from '../../core/dag/check/problems';
import { isOfRunner } from './equivalents';
import type { WorkflowEnv } from './schema';
import { type Part, wordOfParts } from './texts';

/** Says something about a place of the job that is being imported. */
export interface Tell {
  (kind: 'left-out' | 'changed' | 'info', path: Path, message: string): void;
  /** Hears of each secret that the job's command reads. */
  readonly secret?: (name: string) => void;
}

export interface Environment {
  /** Lines for a POSIX shell. */
  readonly exports: readonly string[];
  /** Variables whose value is known, the outer ones included. */
  readonly known: ReadonlyMap<string, string>;
  /** Variables of this level, each with the word of the shell that gives its text; undefined where nothing does. */
  readonly words: ReadonlyMap<string, string | undefined>;
  /** What must be set for a variable to have its value: names of variables of the worker. */
  readonly wants: ReadonlyMap<string, readonly string[]>;
}

export const NO_VARIABLES: Environment = {
  exports: [],
  known: new Map(),
  words: new Map(),
  wants: new Map(),
};

/** A text with expressions, read where it stands: its parts, and the variables of the worker that they need. */
export type Read = (
  text: string,
  path: Path,
) => { readonly parts: readonly Part[]; readonly wants: readonly string[] };

/**
 * The variables of one level (workflow, job or step).
 * @param outer those of the levels around it
 */
export function environment(
  env: WorkflowEnv | null | undefined,
  { path, read, outer, tell }: { path: Path; read: Read; outer: Environment; tell: Tell },
): Environment {
  const known = new Map(outer.known);
  const wants = new Map(outer.wants);
  const words = new Map<string, string | undefined>();
  const exports: string[] = [];
  if (typeof env === 'string') {
    tell('left-out', path, `the variables of ${env} are only known on GitHub: set them where the graph runs`);
    return { exports, known, words, wants };
  }
  for (const [name, value] of Object.entries(env ?? {})) {
    const at = [...path, name];
    const problem = nameProblem(name);
    if (problem !== undefined) {
      tell('left-out', at, problem);
      continue;
    }
    const { parts, wants: wanted } = read(value === null ? '' : String(value), at);
    const word = wordOfParts(parts);
    words.set(name, word);
    known.delete(name);
    wants.delete(name);
    if (word === undefined) {
      const source = parts.find((part) => part.kind === 'unknown')!.source;
      const message = `${name} is ${expression(source)}, which is only known on GitHub: set ${name} where the graph runs, else steps that name it fail`;
      tell('left-out', at, message);
      wants.set(name, [name]);
      continue;
    }
    if (wanted.length > 0) wants.set(name, wanted);
    if (word !== `"\${${name}-}"`) exports.push(`${whereSet(wanted)}export ${name}=${word}`);
    if (parts.every((part) => part.kind === 'text')) known.set(name, parts.map(({ text }) => text).join(''));
  }
  return { exports, known, words, wants };
}

/** What is made of variables that are not set is not there itself, for programs that would take it for a value. */
function whereSet(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `[ -z "\${${name}+set}" ] || `).join('');
}

function nameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `${JSON.stringify(name)} is no name of a variable that a shell accepts`;
  }
  return isOfRunner(name) ? `${name} is set for each step by the runner, as on GitHub` : undefined;
}

export function expression(source: string): string {
  return `\${{ ${source} }}`;
}

/** Where the variable is not set, the shell ends with this message. */
export function wanting(name: string): string {
  return `: "\${${name}?is not set, pass it on with --env ${name}}"`;
}
