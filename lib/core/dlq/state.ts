import type { Letter, LetterKind, RedriveMode } from '../messages/letter';
import type { EditedInput } from '../model/edited-input';
import type { FailureClass } from '../model/failure';
import type { JobType } from '../model/job-type';
import type { ReadOnly } from '../model/read-only';

/**
 * open: waits for a person. assigned: somebody sees to it. redriving: it runs again. resolved: nothing is left to do; should
 * it fail once more, it is open again.
 */
export const LETTER_STATUSES = ['open', 'assigned', 'redriving', 'resolved'] as const;
export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** `elsewhere`: by other means than its letter, such as a retry of the job, or as another failure replaced it. */
export const LETTER_ENDS = ['retried', 'skipped', 'succeeded', 'aborted', 'elsewhere'] as const;
export type LetterEnd = (typeof LETTER_ENDS)[number];

/** A letter as its group keeps it. Times in milliseconds since the epoch. */
export interface LetterState {
  readonly kind: LetterKind;
  jobId?: string;
  graph?: string;
  graphHash?: string;
  jobType?: JobType;
  nodeId?: string;
  /** The attempt that failed last. */
  attempt?: number;
  workerId?: string;
  /** Of a message: the queue that it was in. */
  queue?: string;
  status: LetterStatus;
  firstParkedAt: number;
  parkedAt: number;
  /** Of the latest that was said of it. */
  seq: number;
  /** Which time it lies parked, from 1. */
  round: number;
  /** How often it was redriven and came back. */
  redriven: number;
  /** Why it lies here: why its node is not tried again, or what became of its redrive. */
  why: string;
  assignee?: string;
  /** The order that it was last redriven by. */
  orderId?: string;
  resolved?: { readonly how: LetterEnd; readonly at: number; readonly by?: string; readonly why?: string };
  /** As what message of SQS it lies in the DLQ, and in which round. */
  laid?: { readonly messageId: string; readonly round: number; readonly posting?: string };
  archived?: { readonly place: string; readonly round: number };
  /** It came back from the DLQ, where it lies no more, and waits for its turn in the order under way. */
  returned?: true;
}

/** What a letter said, kept of the latest ones: the journal has all. */
export type Evidence = Pick<Letter, 'said' | 'tests' | 'testsUnlisted'>;

export interface Note {
  readonly text: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly letterId?: string;
}

/** Letters that are to be redriven, one order at a time. */
export interface RedriveOrder {
  readonly orderId: string;
  readonly by: string;
  readonly reason: string;
  readonly mode: RedriveMode;
  readonly perMinute: number;
  readonly input?: EditedInput;
  readonly force?: true;
  readonly startedAt: number;
  /** Letters that were not redriven yet, in their order. */
  waiting: string[];
  /** The letter that goes before the others, while it is on its way. */
  canary?: string;
  /** The canary has ended well. */
  proven?: true;
  /** How many went when, in the minute before the latest. */
  recent: { readonly at: number; readonly count: number }[];
  /** Put off until then, as the minute has had all it may. */
  until?: number;
  sent: number;
}

/** How the latest order ended. */
export interface EndedOrder {
  readonly orderId: string;
  readonly by: string;
  readonly mode: RedriveMode;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly sent: number;
  /** Letters that it left where they were. */
  readonly left: number;
  /** Of one that was stopped. */
  readonly why?: string;
}

/** The letters of an owner with one signature. */
export interface GroupState {
  owner?: string;
  signature?: string;
  kind?: LetterKind;
  class?: FailureClass;
  confidence?: number;
  /** What the latest one said. */
  said: string;
  letters: Map<string, LetterState>;
  evidence: Map<string, Evidence>;
  notes: Note[];
  order?: RedriveOrder;
  lastOrder?: EndedOrder;
  /** Orders that were taken, latest last: one that comes again changes nothing. */
  orders: string[];
  /** When a letter was parked last, milliseconds since the epoch. */
  lastParkedAt: number;
}

export const initialGroup = (): GroupState => ({
  said: '',
  letters: new Map(),
  evidence: new Map(),
  notes: [],
  orders: [],
  lastParkedAt: 0,
});

/** Whether a letter waits for a person, whoever that is. */
export const isParked = ({ status }: ReadOnly<LetterState>): boolean =>
  status === 'open' || status === 'assigned';
