import type { Path } from '../../core/dag/check/problems';
import { secretNameSchema } from '../../core/model/secret';
import { expression, type Read, type Tell } from './env';
import { equivalentOf, isSure, type RunnerFacts } from './equivalents';
import type { VariableUse } from './runtime';
import type { Look } from './shell';
import { partsOf } from './texts';

/** What reading the texts of a job has to do with. */
export interface Reading {
  readonly facts: RunnerFacts;
  readonly tell: Tell;
  /** Variables that a note has been made of. */
  readonly told: Set<string>;
}

/** Reads texts, tells of the variables that stand for what GitHub has, and says which of them have to be set. */
export function reader(lookWith: (hear: (use: VariableUse) => void) => Look, reading: Reading): Read {
  return (text, path) => {
    const wants: string[] = [];
    const hear = (use: VariableUse) => {
      if (mustBeSet(use, path, reading)) wants.push(use.name);
    };
    return { parts: partsOf(text, lookWith(hear)), wants };
  };
}

function mustBeSet({ name, path }: VariableUse, at: Path, { facts, tell, told }: Reading): boolean {
  const root = path[0]?.toLowerCase();
  if (root === 'env') return false;
  const source = expression(path.join('.'));
  if (root === 'secrets' && secretNameSchema.safeParse(name).success) {
    told.add(name);
    tell.secret?.(name);
    tell('changed', at, `${source} is the secret ${name} of the node: the worker has to have it`);
    return false;
  }
  if (equivalentOf(name, facts) !== undefined) return !isSure(name, facts);
  told.add(name);
  tell(
    'changed',
    at,
    `${source} is read from the variable ${name}: set it where the graph runs (\`--env ${name}\` passes it on)`,
  );
  return true;
}
