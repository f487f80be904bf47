import type { Parameters } from './parameters';

/** What `when` and `forEach` see. */
export interface ConditionInput {
  /** Every node upstream, near and far, by id; or those alone that the texts name. */
  readonly results: Readonly<Record<string, unknown>>;
  /** What the job was told; a name that it was not told is nothing. */
  readonly parameters?: Readonly<Parameters>;
  /** Of the job itself. `cancelled`: it was, or its deadline has passed, which `trigger: always` outlives. */
  readonly job?: { readonly cancelled: boolean };
}

/** What decides whether a node runs, and over which items. */
export interface Condition {
  readonly when?: string;
  readonly forEach?: string;
  readonly input: ConditionInput;
}

/** A condition that went wrong fails its node. `isLate`: it took all the time that it had. */
export type ConditionError = { readonly error: string; readonly isLate?: true };

/** How a `when` expression came out. */
export type ConditionResult = { readonly holds: boolean } | ConditionError;

/** How the conditions of a node came out: its `when`, and the items of its `forEach` when that holds. */
export type Judgement = ConditionResult | { readonly items: readonly unknown[] };
