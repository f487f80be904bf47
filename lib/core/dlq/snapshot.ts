import * as z from 'zod';
import { LETTER_KINDS, REDRIVE_MODES } from '../messages/letter';
import { editedInputSchema } from '../model/edited-input';
import { FAILURE_CLASSES } from '../model/failure';
import { JOB_TYPES } from '../model/job-type';
import type { ReadOnly } from '../model/read-only';
import { type GroupState, LETTER_ENDS, LETTER_STATUSES } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const LETTER_FOLD = 'letter/2';

const time = z.number();
const count = z.int().nonnegative();
const text = z.string();

const letter = z.object({
  kind: z.enum(LETTER_KINDS),
  jobId: text.exactOptional(),
  graph: text.exactOptional(),
  graphHash: text.exactOptional(),
  jobType: z.enum(JOB_TYPES).exactOptional(),
  nodeId: text.exactOptional(),
  attempt: count.exactOptional(),
  workerId: text.exactOptional(),
  queue: text.exactOptional(),
  status: z.enum(LETTER_STATUSES),
  firstParkedAt: time,
  parkedAt: time,
  seq: count,
  round: count,
  redriven: count,
  why: text,
  assignee: text.exactOptional(),
  orderId: text.exactOptional(),
  resolved: z
    .object({ how: z.enum(LETTER_ENDS), at: time, by: text.exactOptional(), why: text.exactOptional() })
    .exactOptional(),
  laid: z.object({ messageId: text, round: count, posting: text.exactOptional() }).exactOptional(),
  archived: z.object({ place: text, round: count }).exactOptional(),
  returned: z.literal(true).exactOptional(),
});

const evidence = z.object({
  said: text,
  tests: z.array(text).exactOptional(),
  testsUnlisted: count.exactOptional(),
});

const order = z.object({
  ...{ orderId: text, by: text, reason: text, mode: z.enum(REDRIVE_MODES), perMinute: count },
  input: editedInputSchema.exactOptional(),
  force: z.literal(true).exactOptional(),
  startedAt: time,
  waiting: z.array(text),
  canary: text.exactOptional(),
  proven: z.literal(true).exactOptional(),
  recent: z.array(z.object({ at: time, count })),
  until: time.exactOptional(),
  sent: count,
});

/** The fold of a group of letters as plain JSON. */
export const letterSnapshotSchema = z.object({
  owner: text.exactOptional(),
  signature: text.exactOptional(),
  kind: z.enum(LETTER_KINDS).exactOptional(),
  class: z.enum(FAILURE_CLASSES).exactOptional(),
  confidence: z.number().exactOptional(),
  said: text,
  letters: z.array(z.tuple([text, letter])),
  evidence: z.array(z.tuple([text, evidence])),
  notes: z.array(z.object({ text, by: text, at: time, letterId: text.exactOptional() })),
  order: order.exactOptional(),
  lastOrder: z
    .object({
      ...{ orderId: text, by: text, mode: z.enum(REDRIVE_MODES), startedAt: time, endedAt: time },
      ...{ sent: count, left: count, why: text.exactOptional() },
    })
    .exactOptional(),
  orders: z.array(text),
  lastParkedAt: time,
});

export function freezeLetters(state: ReadOnly<GroupState>): unknown {
  return { ...state, letters: [...state.letters], evidence: [...state.evidence] };
}

/** @throws ZodError where it is no snapshot of this fold. */
export function thawLetters(frozen: unknown): GroupState {
  const { letters, evidence: said, ...rest } = letterSnapshotSchema.parse(frozen);
  return { ...rest, letters: new Map(letters), evidence: new Map(said) };
}
