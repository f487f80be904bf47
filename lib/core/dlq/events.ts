import type { Letter, RedriveMode } from '../messages/letter';
import type { EditedInput } from '../model/edited-input';
import type { Outputs } from '../model/outputs';
import type { LetterEnd } from './state';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** Everything that can happen to a group of letters. Times in milliseconds since the epoch. */
export type LetterEvent =
  | Ev<'letter.parked', { readonly letter: Letter; readonly seq: number }>
  /** It lies here already, and a later failure replaces what it says. */
  | Ev<'letter.renewed', { readonly letter: Letter; readonly seq: number }>
  /** It lies here again: it failed again, with what it said then, or was not run. */
  | Ev<'letter.reopened', LetterReopened>
  | Ev<'letter.assigned', { readonly letters: readonly string[]; readonly to: string; readonly by: string }>
  | Ev<'letter.noted', { readonly text: string; readonly by: string; readonly letterId?: string }>
  /** Letters of one kind and job go at once. `canary`: the others wait for it. */
  | Ev<'letter.redriven', LetterRedriven>
  /** Its job ended without it while it lay here: told again later, that is no answer to a redrive. */
  | Ev<'letter.heard', { readonly letterId: string; readonly seq: number }>
  /** It came back from the DLQ of SQS: it joins the order under way, or is one of its own. */
  | Ev<
      'letter.returned',
      {
        readonly letterId: string;
        readonly round: number;
        readonly messageId: string;
        readonly orderId: string;
      }
    >
  | Ev<'letter.resolved', LetterResolved>
  | Ev<
      'letter.laid',
      {
        readonly letterId: string;
        readonly round: number;
        readonly messageId: string;
        /** Which of them, where it was posted more than once. */
        readonly posting?: string;
      }
    >
  | Ev<'letter.archived', { readonly letterId: string; readonly round: number; readonly place: string }>
  | Ev<'redrive.started', RedriveStarted>
  /** The minute has had as many as it may. */
  | Ev<'redrive.paused', { readonly orderId: string; readonly until: number }>
  /** What is left stays parked. */
  | Ev<'redrive.stopped', { readonly orderId: string; readonly why: string; readonly left: number }>
  /** All of its letters are on their way. */
  | Ev<'redrive.completed', { readonly orderId: string; readonly sent: number }>;

export interface LetterReopened {
  readonly letterId: string;
  readonly seq: number;
  /** Which time it lies parked from now on. */
  readonly round: number;
  readonly why: string;
  readonly letter?: Letter;
}

export interface LetterRedriven {
  readonly orderId: string;
  readonly letters: readonly string[];
  readonly reason: string;
  /** Of nodes and recoveries. */
  readonly jobId?: string;
  readonly canary?: true;
  /** What the nodes run with from now on. */
  readonly input?: EditedInput;
  /** Beyond what the type of the job allows. */
  readonly force?: true;
}

export interface LetterResolved {
  readonly letters: readonly string[];
  readonly how: LetterEnd;
  readonly why?: string;
  /** The person who did it, where it was one. */
  readonly by?: string;
  /** What the nodes hand on that count as succeeded. */
  readonly outputs?: Outputs;
  /** Of what the job said. */
  readonly seq?: number;
}

export interface RedriveStarted {
  readonly orderId: string;
  readonly letters: readonly string[];
  readonly mode: RedriveMode;
  readonly perMinute: number;
  readonly input?: EditedInput;
  readonly force?: true;
  readonly by: string;
  readonly reason: string;
}
