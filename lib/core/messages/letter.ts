import { createHash } from 'node:crypto';
import * as z from 'zod';
import { LIMITS } from '../limits';
import { count, positive, text, time } from '../model/bounded';
import { editedInputSchema } from '../model/edited-input';
import { FAILURE_CLASSES } from '../model/failure';
import { idSchema } from '../model/ids';
import { JOB_TYPES } from '../model/job-type';
import { OUTCOMES } from '../model/outcome';
import { outputsSchema } from '../model/outputs';
import type { ReadOnly } from '../model/read-only';

/** What is parked: a node, a step of a rollback, a recovery, or a message of a queue that nobody could handle. */
export const LETTER_KINDS = ['node', 'rollback', 'recovery', 'message'] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** What a person makes of a letter that is not to be redriven. */
export const RESOLUTIONS = ['skip', 'succeed', 'abort'] as const;

/** `canary`: one first, and the rest when it has ended well. */
export const REDRIVE_MODES = ['canary', 'all'] as const;
export type RedriveMode = (typeof REDRIVE_MODES)[number];

const letterId = idSchema;
const letters = z.array(letterId).min(1).max(LIMITS.lettersAtOnce);
const by = text(LIMITS.ownerLength);
const reason = text(LIMITS.reasonLength);
const orderId = text(LIMITS.traceIdLength);
/** Orders what is said of one letter: of what a job says, the sequence of the event in its journal. */
const seq = count();
/** Which time the letter lies parked, from 1: what is said of an earlier time is late. */
const round = positive();

/** Work that is parked for a person, with its evidence. */
const letterSchema = z.object({
  /** One of each node, step, recovery or message: a later failure of it replaces what the letter says. */
  letterId,
  kind: z.enum(LETTER_KINDS),
  /** Empty where it is nobody's, as poisoned messages are: administrators see to it. */
  owner: text(LIMITS.ownerLength),
  /** Of what it said: letters of one owner with one signature are a group. */
  signature: text(LIMITS.hashLength),
  class: z.enum(FAILURE_CLASSES).exactOptional(),
  /** That the class is right, 0 to 1. */
  confidence: z.number().min(0).max(1).exactOptional(),
  /** What it said, the last lines. */
  said: text(LIMITS.messageLength),
  /** Why it is not tried again by itself. */
  why: reason,
  jobId: idSchema.exactOptional(),
  /** The name of its graph. */
  graph: text(LIMITS.idLength).exactOptional(),
  graphHash: text(LIMITS.hashLength).exactOptional(),
  jobType: z.enum(JOB_TYPES).exactOptional(),
  nodeId: idSchema.exactOptional(),
  /** The attempt that failed last; 0 where none was made. */
  attempt: count(LIMITS.attempts).exactOptional(),
  workerId: idSchema.exactOptional(),
  /** Tests that failed, as people read them. */
  tests: z.array(text(LIMITS.testLabelLength)).max(LIMITS.letterTests).exactOptional(),
  /** How many more there are. */
  testsUnlisted: positive().exactOptional(),
  /** Of a message: the queue that it was in. */
  queue: text(LIMITS.idLength).exactOptional(),
});
export type Letter = ReadOnly<z.infer<typeof letterSchema>>;

/** How what was parked ended: `refused` is one that its job did not run again. */
const CLOSINGS = [...OUTCOMES, 'refused'] as const;
export type Closing = (typeof CLOSINGS)[number];

/** What a group of letters is told. The time is added by the shell that decides it. */
export const letterMessageSchema = z.discriminatedUnion('type', [
  /** Something has failed for good. */
  z.object({ type: z.literal('park'), letter: letterSchema, seq }),
  /** What was parked ran again and has ended, or was not run; other than by failing the same way, which is `park`. */
  z.object({
    type: z.literal('closed'),
    /** Absent where its job could not be asked. */
    ...{ letterId, seq: seq.exactOptional(), outcome: z.enum(CLOSINGS), why: reason.exactOptional() },
  }),
  /** Somebody sees to these letters, or to all that are open. */
  z.object({ type: z.literal('assign'), letters: letters.exactOptional(), to: by, by }),
  z.object({ type: z.literal('note'), letterId: letterId.exactOptional(), text: reason, by }),
  /** What is parked is to run again: these letters, or all that are open. The same order counts once. */
  z.object({
    type: z.literal('redrive'),
    ...{ orderId, letters: letters.exactOptional(), mode: z.enum(REDRIVE_MODES) },
    /** Letters in any minute at most. */
    perMinute: positive(LIMITS.redrivesPerMinute).exactOptional(),
    /** What the nodes run with from now on. */
    input: editedInputSchema.exactOptional(),
    /** Those too that came back as often as they may, beyond what the type of their job allows, in place of another order. */
    force: z.literal(true).exactOptional(),
    ...{ by, reason },
  }),
  /** The redrive under way goes no further: what is on its way goes on, what is left stays parked. */
  z.object({ type: z.literal('stopRedrive'), orderId: orderId.exactOptional(), by, reason }),
  z.object({
    type: z.literal('resolve'),
    ...{ letters: letters.exactOptional(), how: z.enum(RESOLUTIONS) },
    /** What the nodes hand on that count as succeeded. */
    outputs: outputsSchema.exactOptional(),
    ...{ by, reason },
  }),
  /** It lies in the DLQ as this message of SQS. `posting`: which of them, where it was posted more than once. */
  z.object({
    type: z.literal('laid'),
    ...{ letterId, round, messageId: text(LIMITS.traceIdLength) },
    posting: text(LIMITS.traceIdLength).exactOptional(),
  }),
  /** It came back from there: somebody redrives it by the console of SQS. */
  z.object({ type: z.literal('returned'), letterId, round, messageId: text(LIMITS.traceIdLength) }),
  /** It is kept where SQS forgets nothing. */
  z.object({ type: z.literal('archived'), letterId, round, place: text(LIMITS.urlLength) }),
  /** A minute is over, and more may be redriven. `until` is the time it was put off until: another one is late. */
  z.object({ type: z.literal('due'), orderId, until: time() }),
]);
export type LetterMessage = ReadOnly<z.infer<typeof letterMessageSchema>>;

/** The group of a letter, which is the id of its stream. No two owners share one. */
export function letterGroup(owner: string, signature: string): string {
  return `${shortHash(owner)}-${shortHash(signature)}`;
}

/** The id of a letter: the same for what failed again, whatever it said. */
export function letterIdOf(kind: LetterKind, ...parts: readonly string[]): string {
  return shortHash([kind, ...parts].join('/'));
}

/** What stands for a signature where nothing was classified: the same for the same words. */
export const signatureOfWords = (words: string): string => shortHash(words);

/** The beginning of a SHA-256, 16 hex digits. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
