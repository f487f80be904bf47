import type { Parameters } from './parameters';
import type { Given } from './variable';

/** What `when`, `forEach` and the expressions under `with` see. */
export interface ConditionInput {
  /** Every node upstream, near and far, by id; or those alone that the texts name. */
  readonly results: Readonly<Record<string, unknown>>;
  /** What the job was told; a name that it was not told is nothing. */
  readonly parameters?: Readonly<Parameters>;
  /** Of the node of an item. */
  readonly item?: unknown;
  /** Of the job itself. `cancelled`: it was, or its deadline has passed, which `trigger: always` outlives. */
  readonly job?: { readonly cancelled: boolean };
}

/** What decides whether a node runs, over which items, and what its command is given. */
export interface Condition {
  readonly when?: string;
  readonly forEach?: string;
  /** By the names of variables. Not asked of a fan-out, whose items run. */
  readonly with?: Readonly<Record<string, string>>;
  readonly input: ConditionInput;
}

/** The same expressions for several items of a fan-out, which see the same results and each its own item. */
export interface EachItem extends Required<Pick<Condition, 'with' | 'input'>> {
  readonly items: readonly unknown[];
}

/** A condition that went wrong fails its node. `isLate`: it took all the time that it had. */
export type ConditionError = { readonly error: string; readonly isLate?: true };

/** How a `when` expression came out; where it holds, what the command is given. */
export type ConditionResult = { readonly holds: boolean; readonly given?: Given } | ConditionError;

/** How the conditions of a node came out: its `when`, and the items of its `forEach` when that holds. */
export type Judgement = ConditionResult | { readonly items: readonly unknown[] };
