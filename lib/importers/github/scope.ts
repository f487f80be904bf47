import type { Known, Scope } from './evaluate';
import type { Combination } from './matrix';

/** What an importer knows of a job's contexts. */
export interface Knowledge {
  /** Values that the caller gave, by path in lower case, such as `github.event_name`. */
  readonly given: ReadonlyMap<string, string>;
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

export function scopeOf({ given, matrix, isMatrixWhole, matrixVariables, env, facts }: Knowledge): Scope {
  return {
    variable: ([root, name = '', ...rest]) =>
      root?.toLowerCase() === 'matrix' && rest.length === 0 ? matrixVariables?.get(name) : undefined,
    context(path): Known {
      const key = path.join('.').toLowerCase();
      const told = given.get(key);
      if (told !== undefined) return { value: typed(told) };
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

/** What the caller writes on a command line is text; `true` and `false` mean the boolean. */
function typed(text: string): unknown {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function inMatrix(matrix: Combination, path: readonly string[], isWhole: boolean): Known {
  let value: unknown = matrix;
  for (const key of path) {
    if (key === '*') return undefined;
    const isInside = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    if (!isInside) return isWhole ? { value: '' } : undefined;
    value = (value as Combination)[key];
  }
  return { value };
}
