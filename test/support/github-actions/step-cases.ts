import type { Value } from './expressions';

type Random = () => number;

/** What a job finds when its steps run: the jobs before it, what it was told, what its steps did. */
export interface StepCase {
  readonly results: { readonly a: Result; readonly m: Result; readonly w: Result };
  /** The output `o` of `a`, and the output `v` of the step `s`. */
  readonly handedOn: string;
  readonly written: string;
  readonly inputs: { readonly flag: boolean; readonly level: string; readonly count: number };
  readonly ref: string;
  readonly variable: string;
  readonly conditions: readonly string[];
  readonly values: readonly string[];
}

type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

/** Conditions, and values that stand in texts, of whatever form. */
export function stepCase(random: Random, count: number): StepCase {
  const a = pick(random, ['success', 'failure', 'cancelled', 'skipped'] as const);
  return {
    results: {
      a,
      m: pick(random, ['success', 'failure', 'cancelled', 'skipped'] as const),
      // A reusable workflow behind `a` runs where that succeeded.
      w: a === 'success' ? 'success' : 'skipped',
    },
    handedOn: a === 'success' ? pick(random, WORDS) : '',
    written: pick(random, WORDS),
    inputs: {
      flag: random() < 0.5,
      level: pick(random, ['low', 'High', '']),
      count: pick(random, [0, 1, 12]),
    },
    ref: pick(random, ['refs/heads/main', 'refs/tags/v1']),
    variable: pick(random, WORDS),
    conditions: Array.from({ length: count }, () => test(random, DEPTH)),
    values: Array.from({ length: count }, () => value(random, DEPTH - 1)),
  };
}

/** What GitHub's contexts hold then. */
export function contextsOf(given: StepCase): Readonly<Record<string, Value>> {
  const { results, handedOn, written, inputs, ref, variable } = given;
  const ended = (outcome: string, conclusion: string, outputs: Value = {}) => ({
    ...{ outcome, conclusion, outputs },
  });
  return {
    needs: {
      a: { result: results.a, outputs: handedOn === '' ? {} : { o: handedOn } },
      m: { result: results.m, outputs: {} },
      w: { result: results.w, outputs: {} },
    },
    github: { ref, job: 'job', event: { inputs: { level: inputs.level, flag: String(inputs.flag) } } },
    vars: { A: variable },
    inputs,
    env: { E: 'Main', W: `v-${written}` },
    job: { status: 'success' },
    steps: {
      s: ended('success', 'success', { v: written }),
      f: ended('failure', 'success'),
      n: ended('skipped', 'skipped'),
    },
  };
}

const DEPTH = 3;
const WORDS = ['', '0', '1', '12', 'true', 'X', 'success', 'a b', 'it\'s $HOME `x` "q"'];

/** Texts, of which a run alone knows most. */
const TEXTS = [
  ...['needs.a.result', 'needs.m.result', 'needs.w.result', "needs['A'].Result", 'needs.a.outputs.o'],
  ...['needs.a.outputs.none', 'steps.s.outputs.v', 'Steps.S.Outputs.V', 'steps.s.outputs.none'],
  ...['steps.f.outcome', 'steps.f.conclusion', 'steps.n.outcome', 'steps.later.outcome', 'job.status'],
  ...['github.ref', 'GitHub.Job', 'vars.A', 'vars.a', 'env.E', 'env.W', 'inputs.level'],
  ...['github.event.inputs.level', 'github.event.inputs.flag', "join(needs.*.result, ',')"],
  ...["format('{0}/{1}', github.ref, steps.s.outputs.v)", 'toJSON(needs)', 'toJSON(needs.*.result)'],
];
const OTHERS = ['inputs.flag', 'inputs.count', 'Inputs.Flag', 'true', 'false', 'null', '0', '1', '12'];

function literal(random: Random): string {
  const words = [...WORDS, 'failure', 'Skipped', 'refs/heads/MAIN', 'main', 'low', 'high'];
  return `'${pick(random, words).replaceAll("'", "''")}'`;
}

function atom(random: Random): string {
  const kind = random();
  if (kind < 0.65) return pick(random, TEXTS);
  return kind < 0.8 ? pick(random, OTHERS) : literal(random);
}

function test(random: Random, depth: number): string {
  const again = () => test(random, depth - 1);
  const kind = depth <= 0 ? 0 : random();
  if (kind < 0.5) return simple(random);
  if (kind < 0.68) return `(${again()} && ${again()})`;
  if (kind < 0.86) return `(${again()} || ${again()})`;
  return `!(${again()})`;
}

function simple(random: Random): string {
  return pick(random, [
    () => `${atom(random)} ${pick(random, ['==', '==', '!=', '<', '>='])} ${atom(random)}`,
    () => `${pick(random, TEXTS)} ${pick(random, ['==', '!='])} ${literal(random)}`,
    () => `contains(needs.*.result, ${pick(random, ["'failure'", "'Skipped'", "'cancelled'", "'none'"])})`,
    () => `contains(fromJSON('["success", "X", 1, true, null]'), ${atom(random)})`,
    () => `contains(${atom(random)}, ${literal(random)})`,
    () => `${pick(random, ['startsWith', 'endsWith'])}(${atom(random)}, ${literal(random)})`,
    () => pick(random, ['success()', 'failure()', 'always()', 'cancelled()', '!Cancelled()']),
    () => atom(random),
    () => `(${value(random, 1)}) == ${literal(random)}`,
  ])();
}

/** What stands in a text: a value by itself, a default, a ternary. */
function value(random: Random, depth: number): string {
  const again = () => value(random, depth - 1);
  if (depth <= 0) return atom(random);
  return pick(random, [
    () => `${again()} || ${again()}`,
    () =>
      `${test(random, 1).replace(/\b(success|failure|always|cancelled)\(\)/gi, 'inputs.flag')} && ${again()} || ${again()}`,
    () => `format('{0}-{1}', ${again()}, ${again()})`,
    () => atom(random),
    () => pick(random, TEXTS),
  ])();
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}
