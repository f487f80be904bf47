import * as z from 'zod';
import type { ReadOnly } from '../model/read-only';
import { retryPlanSchema } from '../model/retry-policy';
import { type RollbackState, STEP_PHASES } from './rollback-state';

const time = z.number();
const count = z.int().nonnegative();

export const orderShape = { reason: z.string(), to: count.exactOptional() };

const step = z.object({
  phase: z.enum(STEP_PHASES),
  attempt: count,
  made: count,
  failures: count,
  failedAttempt: count.exactOptional(),
  losses: count,
  refusals: count.exactOptional(),
  readyAt: time.exactOptional(),
  since: time.exactOptional(),
  workerId: z.string().exactOptional(),
  dueAt: time.exactOptional(),
  retry: retryPlanSchema.exactOptional(),
});

/** The slice of a rollback as plain JSON. */
export const rollbackSnapshotSchema = z.object({
  ...orderShape,
  startedAt: time,
  completedAt: time.exactOptional(),
  steps: z.array(z.tuple([count, step])),
  agenda: z.array(count),
  open: count,
  blockers: z.array(count),
  items: z.array(z.tuple([count, count])),
});

export function freezeRollback(state: ReadOnly<RollbackState>): unknown {
  const { steps, agenda, items } = state;
  return { ...state, steps: [...steps], agenda: [...agenda], items: [...items] };
}

export function thawRollback(frozen: z.infer<typeof rollbackSnapshotSchema>): RollbackState {
  const { steps, agenda, items } = frozen;
  return { ...frozen, steps: new Map(steps), agenda: new Set(agenda), items: new Map(items) };
}
