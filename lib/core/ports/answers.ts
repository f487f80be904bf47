/** What the partitions of answered calls begin with, in a table. */
export const ANSWER_PREFIX = 'IDEMPOTENCY#';

/** An answer as it was given. */
export interface KeptAnswer {
  readonly status: number;
  /** As JSON. */
  readonly body: string;
}

/** A call that is named by its caller. */
export interface NamedCall {
  /** Of caller and key: 64 hex digits. */
  readonly id: string;
  /** Hash of what is asked for. */
  readonly content: string;
}

/** What is known of a call that was made before under the same name. */
export interface EarlierCall {
  readonly content: string;
  /** Absent while it is being answered. */
  readonly answer?: KeptAnswer;
}

/** Answers to calls with an `Idempotency-Key`, which a repeat is given again. Times are milliseconds since the epoch. */
export interface AnswerStore {
  /**
   * Marks a call as being answered. The mark holds until `until`: of whoever died with it, nobody waits for more.
   * @returns the call that was made before under this name and is kept or under way; undefined when this is the first.
   */
  readonly claim: (call: NamedCall, at: { now: number; until: number }) => Promise<EarlierCall | undefined>;
  /** Keeps the answer, until then. One that is too large to be kept is not. */
  readonly keep: (call: NamedCall, answer: KeptAnswer, until: number) => Promise<void>;
  /** Forgets a call that came to nothing: it may be made again. */
  readonly release: (call: NamedCall) => Promise<void>;
}
