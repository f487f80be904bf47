/** How a `when` expression came out. */
export type ConditionResult = { readonly holds: boolean } | { readonly error: string };

/** How the conditions of a node came out: its `when`, and the items of its `forEach` when that holds. */
export type Judgement = ConditionResult | { readonly items: readonly unknown[] };
