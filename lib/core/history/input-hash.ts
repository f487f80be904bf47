import type { Outcome } from '../model/outcome';
import type { Outputs } from '../model/outputs';
import type { Parameters } from '../model/parameters';
import { present } from '../model/present';
import type { Given } from '../model/variable';
import { digest } from './digest';

/** What an attempt of a node depends on, as far as the engine knows it. */
export interface NodeInput {
  /** Its `nodeHash`: what it does and where. */
  readonly node: string;
  /** What the job was told. */
  readonly parameters?: Parameters;
  /** What it needs, by node id: how that ended and what it handed on. */
  readonly needs: Readonly<Record<string, { readonly outcome: Outcome; readonly outputs?: Outputs }>>;
  /** What its command is given under `with`. */
  readonly given?: Given;
}

/**
 * Two attempts with the same input hash were given the same: the same work, parameters and variables, and outcomes and
 * outputs of what the node needs. 16 hex digits of a SHA-256. Attempts of one node in one job share it until something that it needs runs
 * again. What the engine is not told it cannot see, above all the commit under test: hand that over as a parameter or an
 * output, and attempts on another commit count as other inputs.
 */
export function inputHash({ node, parameters = {}, needs, given }: NodeInput): string {
  return digest({ node, parameters, needs, ...present({ given }) });
}
