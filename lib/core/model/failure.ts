/** How an attempt failed, before classification. */
export const FAILURE_KINDS = ['exit', 'timeout', 'spawn', 'cancelled', 'condition', 'lost'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** For a person and the classifier: the last lines of the output, at most 2,000 characters. */
  readonly message: string;
  readonly exitCode?: number;
  readonly signal?: string;
}
