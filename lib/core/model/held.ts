/** Whose something is, and who may use it beside them. */
export interface Held {
  readonly owner: string;
  readonly sharedWith?: readonly string[];
}
