import { scanShell } from '../../core/dag/shell/scan';
import { placeholderAt, SHARD_VARIABLES, templateVariables } from '../../core/dag/template';
import { variableName } from '../../core/model/work';
import { textOf } from './evaluate';
import type { Expression } from './expression';
import { pieces, variableOf } from './interpolate';
import type { Matrix } from './matrix';
import type { WorkflowJob } from './schema';
import { isReadable } from './texts';

/** A matrix that the graph's own `matrix` can express. */
export interface Template {
  readonly matrix: Record<string, (string | number | boolean)[]>;
  /** The variables that hold the values, by the names of the job's `matrix` context. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * The graph's own form of a matrix, or undefined where the job has to be written once per combination: when the
 * matrix is more than a product of plain values, or decides more than the text of the command.
 */
export function templateOf(job: WorkflowJob, matrix: Matrix): Template | undefined {
  const { product } = matrix;
  if (!product || matrix.combinations.length < 2) return undefined;
  const names = new Map<string, string>();
  for (const [name, values] of Object.entries(product)) {
    const usable = name.replaceAll('-', '_');
    const isName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(usable);
    if (!isName || (SHARD_VARIABLES as readonly string[]).includes(usable)) return undefined;
    const isTaken = [...names.values()].some((other) => other.toUpperCase() === usable.toUpperCase());
    if (isTaken || !values.every(isPlainValue)) return undefined;
    names.set(name, usable);
  }
  if (!isOnlyText(job, names)) return undefined;
  return {
    matrix: Object.fromEntries(
      [...names].map(([name, usable]) => [usable, product[name] as (string | number | boolean)[]]),
    ),
    variables: new Map([...names].map(([name, usable]) => [name, variableName('MATRIX', usable)])),
  };
}

/** A value that reads the same in any kind of quotes. */
function isPlainValue(value: unknown): boolean {
  if (typeof value === 'object' || value === undefined) return false;
  return /^[\w./:@+, -]{1,256}$/.test(textOf(value));
}

/** Whether the matrix appears in texts of commands only, each time as a value by itself. */
function isOnlyText(job: WorkflowJob, names: ReadonlyMap<string, string>): boolean {
  const { steps, env, name: _, needs: __, strategy: ___, ...rest } = job;
  const decides = JSON.stringify([
    rest,
    (steps ?? []).map(({ run, env: own, name: title, with: settings, ...other }) => other),
  ]);
  if (/\b(matrix|strategy)\b/i.test(decides) || hasOwnShell(decides)) return false;
  if (!(steps ?? []).every(({ run }) => typeof run !== 'string' || isRead(run))) return false;
  const texts = [env, ...(steps ?? []).flatMap(({ run, env: own }) => [run, own])]
    .flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : [part]))
    .filter((part) => typeof part === 'string');
  return texts.every((text) =>
    pieces(text).every((piece) =>
      piece.kind === 'text'
        ? templateVariables(piece.text).length === 0
        : isValue(piece.tree, names) || isVariable(piece.tree),
    ),
  );
}

/** Whether a shell puts variables in wherever the script has an expression. */
function isRead(script: string): boolean {
  const marked = pieces(script).map((piece) => {
    return piece.kind === 'text' ? piece.text : '{{ matrix }}';
  });
  const { places } = scanShell(marked.join(''), placeholderAt);
  return places.every(({ quoting }) => isReadable(quoting));
}

/** A script for another shell keeps the expressions that nobody can put in, which look like template variables. */
function hasOwnShell(decides: string): boolean {
  return /"shell":"(?!(ba)?sh")/.test(decides) || /windows/i.test(decides);
}

function isValue(tree: Expression | undefined, names: ReadonlyMap<string, string>): boolean {
  return tree?.kind === 'context' && tree.path.length === 2 && inMatrix(tree) && names.has(tree.path[1]!);
}

function isVariable(tree: Expression | undefined): boolean {
  return tree?.kind === 'context' && !inMatrix(tree) && variableOf(tree.path) !== undefined;
}

function inMatrix({ path }: Extract<Expression, { kind: 'context' }>): boolean {
  return path[0]?.toLowerCase() === 'matrix';
}
