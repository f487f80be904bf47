import * as z from 'zod';
import { noticeSchema, tellingSchema } from '../messages/target';
import type { ReadOnly } from '../model/read-only';
import type { TargetState } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const TARGET_FOLD = 'target/2';

const time = z.number();
const why = z.enum(['quiet', 'digest']);
const delivery = z.object({
  id: z.string(),
  notices: z.array(noticeSchema),
  more: z.int(),
  attempts: z.int(),
  dueAt: time,
});

/** The fold of a target of notifications as plain JSON. */
export const targetSnapshotSchema = z.object({
  known: z.array(z.string()),
  told: z.record(z.string(), time),
  recent: z.array(time),
  held: z.array(z.object({ notice: noticeSchema, telling: tellingSchema, until: time, why })),
  flooded: z.int(),
  queue: z.array(delivery),
  underWay: z.object({ deliveryId: z.string(), attempt: z.int(), until: time }).exactOptional(),
  breaker: z.object({ failures: z.int(), openings: z.int(), openUntil: time.exactOptional() }),
  alerts: z.array(
    z.object({
      notice: noticeSchema,
      rule: z.string(),
      since: time,
      steps: z.array(z.object({ target: z.string(), afterMs: z.number() })),
      next: z.int(),
    }),
  ),
  parked: z.array(delivery.extend({ parkedAt: time, why: z.string() })),
  outcomes: z.array(
    z.object({
      deliveryId: z.string(),
      outcome: z.enum(['succeeded', 'failed', 'parked']),
      at: time,
      attempt: z.int(),
      title: z.string(),
      to: z.string().exactOptional(),
      why: z.string().exactOptional(),
    }),
  ),
});

export const freezeTarget = (state: ReadOnly<TargetState>): unknown => state;

/** @throws ZodError where it is no snapshot of this fold. */
export const thawTarget = (frozen: unknown): TargetState => targetSnapshotSchema.parse(frozen) as TargetState;
