import type { Known, Scope } from './evaluate';
import type { Combination } from './matrix';
import type { DeclaredInput } from './told';
import { itemOf } from './values';

/** What an importer knows of a job's contexts. */
export interface Knowledge {
  /** Values that the caller gave, by path in lower case, such as `github.event_name`. */
  readonly given: ReadonlyMap<string, string>;
  /** The inputs that the workflow declares, by name in lower case. */
  readonly inputs?: ReadonlyMap<string, DeclaredInput>;
  readonly matrix?: Combination;
  /** Every value of `matrix` is there: a name that is not has no value. */
  readonly isMatrixWhole?: boolean;
  /** The variables of its names, where the graph gives the values. */
  readonly matrixVariables?: ReadonlyMap<string, string>;
  /** Variables of the environment whose value is known. */
  readonly env?: ReadonlyMap<string, string>;
  /** Single values by path in lower case, such as `runner.os`. */
  readonly facts?: ReadonlyMap<string, unknown>;
}

export function scopeOf(knowledge: Knowledge): Scope {
  const { given, inputs, matrix, isMatrixWhole, matrixVariables, env, facts } = knowledge;
  return {
    variable: ([root, name = '', ...rest]) =>
      root?.toLowerCase() === 'matrix' && rest.length === 0 ? matrixVariables?.get(name) : undefined,
    context(path): Known {
      const key = path.join('.').toLowerCase();
      const told = given.get(key);
      if (told !== undefined) return { value: typed(path, told, inputs) };
      if (facts?.has(key)) return { value: facts.get(key) };
      const root = path[0]?.toLowerCase();
      if (root === 'env' && path.length === 2) {
        const value = env?.get(path[1]!);
        return value === undefined ? undefined : { value };
      }
      if (root === 'matrix' && matrix) return inMatrix(matrix, path.slice(1), isMatrixWhole === true);
      return undefined;
    },
  };
}

/**
 * What the caller writes on a command line is text. Where the context holds values of other types, `true`, `false`
 * and a number mean those.
 */
function typed(path: readonly string[], text: string, inputs: Knowledge['inputs']): unknown {
  const [root, name, ...rest] = path.map((part) => part.toLowerCase());
  const type = root === 'inputs' ? inputs?.get(name ?? '')?.type : undefined;
  const isText =
    type === undefined ? root !== 'inputs' && !isEvent(name, rest) : !['boolean', 'number'].includes(type);
  if (isText || (root === 'github' && rest[0] === 'inputs')) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  const isNumber = type === 'number' || (root === 'github' && /^-?\d+(\.\d+)?$/.test(text));
  return isNumber ? Number(text) : text;
}

/** Of what GitHub tells of a run, what comes from the event has types of its own. */
function isEvent(name: string | undefined, rest: readonly string[]): boolean {
  return name === 'ref_protected' || (name === 'event' && rest.length > 0);
}

function inMatrix(matrix: Combination, path: readonly string[], isWhole: boolean): Known {
  if (path.includes('*')) return undefined;
  const value = path.reduce<unknown>((of, key) => itemOf(of, key), matrix);
  return value === null && !isWhole ? undefined : { value };
}
