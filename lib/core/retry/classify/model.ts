import { FAILURE_CLASSES, type FailureClass } from '../../model/failure';
import { FEATURE_COUNT, type Features, type NamedFeature } from './features';
import { weights } from './weights';

/** What `models/failures` trained: a linear model, one row of weights a class. */
interface Model {
  /** A row of `FEATURE_COUNT` a class, in the order of `FAILURE_CLASSES`, times the scale of the row. */
  readonly rows: Int8Array;
  readonly scales: readonly number[];
  readonly intercepts: readonly number[];
  /** Scores are divided by this, so that the probabilities are as often right as they say. */
  readonly temperature: number;
}

/** How sure the model is of each class, all together 1, in the order of `FAILURE_CLASSES`. */
export function probabilities(features: Features): number[] {
  const { temperature } = model();
  const scores = FAILURE_CLASSES.map((_, row) => scoreOf(features, row) / temperature);
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The named features that speak most for a class, the strongest first. */
export function strongest(named: readonly NamedFeature[], of: FailureClass, count: number): string[] {
  const { rows } = model();
  const from = FAILURE_CLASSES.indexOf(of) * FEATURE_COUNT;
  const weighed = new Map(named.map(({ name, index }) => [name, rows[from + index]!]));
  return [...weighed]
    .filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name]) => name);
}

/** How often rules of this class were right, of the messages of the corpus that they decide. */
export function rulePrecision(of: FailureClass): number {
  return weights.rulePrecision[FAILURE_CLASSES.indexOf(of)]!;
}

/** Below this the answer is `unknown`. */
export const LEAST_CONFIDENCE = weights.leastConfidence;

function scoreOf({ index, value }: Features, row: number): number {
  const { rows, scales, intercepts } = model();
  const from = row * FEATURE_COUNT;
  let sum = 0;
  for (let i = 0; i < index.length; i++) sum += value[i]! * rows[from + index[i]!]!;
  return sum * scales[row]! + intercepts[row]!;
}

let decoded: Model | undefined;

/** Decoded when it is first asked for: most commands never do. */
function model(): Model {
  decoded ??= { ...weights, rows: new Int8Array(Buffer.from(weights.rows, 'base64')) };
  return decoded;
}
