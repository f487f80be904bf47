import type { Path } from '../../core/dag/check/problems';
import { shellQuote } from '../../core/dag/shell/word';
import type { Scope } from './evaluate';
import { type Resolved, resolvePieces } from './interpolate';
import type { WorkflowEnv } from './schema';

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
}

/**
 * The variables of one level (workflow, job or step).
 * @param outer what is known from the levels around it
 */
export function environment(
  env: WorkflowEnv | null | undefined,
  { path, scope, outer, tell }: { path: Path; scope: Scope; outer: ReadonlyMap<string, string>; tell: Tell },
): Environment {
  const known = new Map(outer);
  const exports: string[] = [];
  if (typeof env === 'string') {
    tell('left-out', path, `the variables of ${env} are only known on GitHub: set them where the graph runs`);
    return { exports, known };
  }
  for (const [name, value] of Object.entries(env ?? {})) {
    const at = [...path, name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      tell('left-out', at, `${JSON.stringify(name)} is no name of a variable that a shell accepts`);
      continue;
    }
    const resolved = joinTexts(resolvePieces(value === null ? '' : String(value), scope));
    const line = exportLine(name, resolved, at, tell);
    if (line !== undefined) exports.push(line);
    known.delete(name);
    if (resolved.every((part) => part.kind === 'text')) {
      known.set(name, resolved.map(({ text }) => text).join(''));
    }
  }
  return { exports, known };
}

function exportLine(name: string, parts: readonly Resolved[], path: Path, tell: Tell): string | undefined {
  const unknown = parts.find((part) => part.kind === 'unknown');
  if (unknown) {
    const message = `${name} is ${expression(unknown.source)}, which is only known on GitHub: set ${name} where the graph runs`;
    tell('left-out', path, message);
    return undefined;
  }
  tellVariables(parts, path, tell);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'variable' && only.name === name) return undefined;
  const words = parts.map((part) => {
    if (part.kind === 'variable') return `"\${${part.name}-}"`;
    return part.kind === 'text' ? shellQuote(part.text) : '';
  });
  return `export ${name}=${words.join('') || "''"}`;
}

function joinTexts(parts: readonly Resolved[]): Resolved[] {
  const joined: Resolved[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: last.text + part.text };
    } else joined.push(part);
  }
  return joined;
}

/** Says which variables the command reads in place of values that GitHub has. */
export function tellVariables(parts: readonly Resolved[], path: Path, tell: Tell): void {
  for (const part of parts) {
    if (part.kind !== 'variable' || part.isGiven) continue;
    if (part.isSecret) {
      tell.secret?.(part.name);
      tell(
        'changed',
        path,
        `${expression(part.source)} is the secret ${part.name} of the node: the worker has to have it`,
      );
      continue;
    }
    const message = `${expression(part.source)} is read from the variable ${part.name}: set it where the graph runs (\`--env ${part.name}\` passes it on)`;
    tell('changed', path, message);
  }
}

export function expression(source: string): string {
  return `\${{ ${source} }}`;
}
