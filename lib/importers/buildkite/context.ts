import type { Path } from '../../core/dag/check/problems';
import type { Place } from '../foreign';
import { holds, isBranchOf } from './condition';
import type { Facts } from './facts';
import { isSkip } from './matrix';
import type { Pipeline, Step } from './schema';
import type { Tell } from './tell';
import { assumedText, fill, knownText, type Lookup, type Part, parseUpload } from './upload';

/** What all steps share. */
export interface Context {
  readonly at: Place;
  readonly tell: Tell;
  readonly facts: Facts;
  readonly pipeline: Pipeline;
  /** Variables of the pipeline, each with those before it put in. */
  readonly env: ReadonlyMap<string, readonly Part[]>;
  /** What is known of a variable at upload. */
  readonly lookup: Lookup;
}

/** The variables of a pipeline, in order. At upload each is known to those after it, and to the steps. */
export function pipelineEnv(pipeline: Pipeline, facts: Facts): Pick<Context, 'env' | 'lookup'> {
  const env = new Map<string, readonly Part[]>();
  const lookup: Lookup = (name) => {
    const own = env.get(name);
    return own ? knownText(own) : facts.variable(name);
  };
  for (const [name, value] of Object.entries(pipeline.env ?? {})) {
    env.set(name, fill(parseUpload(String(value ?? '')), lookup));
  }
  return { env, lookup };
}

/** A text that decides how the graph looks; what nobody knows of it is taken for not set, and a note says so. */
export function structural(value: string | number | boolean, path: Path, { lookup, tell }: Context): string {
  const { text, of } = assumedText(String(value), lookup);
  for (const source of of) {
    const message = `${source} is known only at upload and counts as not set, which gives ${JSON.stringify(text)}: tell it with \`--set\``;
    tell('changed', path, message);
  }
  return text;
}

/** A number, where it is one. */
export function amountOf(
  value: string | number | null | undefined,
  path: Path,
  context: Context,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const amount = Number(structural(value, path, context).trim() || Number.NaN);
  if (amount >= 0) return amount;
  context.tell('left-out', path, `${value} is no number that is known here`);
  return undefined;
}

/** Whether a step is in the graph. What nobody can decide counts as there, and a note says so. */
export function isThere(step: Step, path: Path, context: Context): boolean {
  const { tell, facts } = context;
  const { skip, if: condition, branches } = step;
  if (isSkip(typeof skip === 'string' ? structural(skip, [...path, 'skip'], context) : skip)) {
    tell('info', [...path, 'skip'], `the step is left out, as it says: ${skip}`);
    return false;
  }
  if (branches !== undefined && branches !== null) {
    const patterns = [branches]
      .flat()
      .flatMap((each) => String(each).split(/\s+/))
      .filter((each) => each !== '');
    const branch = facts.variable('BUILDKITE_BRANCH');
    const verdict = branch === undefined ? 'open' : isBranchOf(patterns, branch ?? '');
    if (!decided(verdict, patterns.join(' '), [...path, 'branches'], tell)) return false;
  }
  if (condition === undefined || condition === null) return true;
  const parts = fill(parseUpload(String(condition)), context.lookup);
  const text = parts.map((part) => (part.kind === 'text' ? part.text : part.source)).join('');
  return decided(holds(text, facts), text, [...path, 'if'], tell);
}

function decided(verdict: ReturnType<typeof holds>, text: string, path: Path, tell: Tell): boolean {
  const short = text.trim().replace(/\s+/g, ' ');
  if (verdict === false) tell('info', path, `the step is left out, as this does not hold: ${short}`);
  if (verdict === 'open') {
    tell(
      'left-out',
      path,
      `the step runs whether or not this holds, as nobody told (\`--set build.branch=main\` does): ${short}`,
    );
  }
  if (verdict === 'unreadable') {
    tell(
      'left-out',
      path,
      `the step runs whatever this means, which is no condition that is known here: ${short}`,
    );
  }
  return verdict !== false;
}
