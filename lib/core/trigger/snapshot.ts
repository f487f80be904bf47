import * as z from 'zod';
import { triggerDefinitionSchema } from '../messages/trigger-definition';
import { parametersSchema } from '../model/parameters';
import type { ReadOnly } from '../model/read-only';
import { DEEDS, STATUSES, type TriggerState } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const TRIGGER_FOLD = 'trigger/2';

const time = z.number();

/** The fold of a trigger as plain JSON. */
export const triggerSnapshotSchema = z.object({
  status: z.enum(STATUSES),
  owner: z.string().exactOptional(),
  definition: triggerDefinitionSchema.exactOptional(),
  everyone: z.literal(true).exactOptional(),
  createdAt: time.exactOptional(),
  cursor: time,
  running: z.array(z.string()),
  cancelled: z.array(z.string()),
  waiting: z
    .object({
      id: z.string(),
      dueAt: time.exactOptional(),
      depth: z.int().exactOptional(),
      root: z.string().exactOptional(),
      parameters: parametersSchema.exactOptional(),
    })
    .exactOptional(),
  seen: z.array(z.string()),
  recent: z.array(
    z.object({
      what: z.enum(DEEDS),
      at: time,
      firing: z.string().exactOptional(),
      jobId: z.string().exactOptional(),
      why: z.string().exactOptional(),
    }),
  ),
  pace: z.object({ minute: z.int(), firings: z.int() }),
});

export const freezeTrigger = (state: ReadOnly<TriggerState>): unknown => state;

/** @throws ZodError where it is no snapshot of this fold. */
export const thawTrigger = (frozen: unknown): TriggerState => triggerSnapshotSchema.parse(frozen);
