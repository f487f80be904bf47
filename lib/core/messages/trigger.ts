import * as z from 'zod';
import { LIMITS } from '../limits';
import { text } from '../model/bounded';
import { idSchema } from '../model/ids';
import { lineageShape } from '../model/lineage';
import { JOB_OUTCOMES } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';
import { triggerDefinitionSchema } from './trigger-definition';

const reason = text(LIMITS.reasonLength);

/** What a trigger is told. The time is added by the shell that decides it. */
export const triggerMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('set'),
    owner: text(LIMITS.ownerLength),
    definition: triggerDefinitionSchema,
    /** An administrator's own trigger hears of what others do too. */
    everyone: z.literal(true).exactOptional(),
  }),
  z.object({ type: z.literal('pause'), reason }),
  z.object({ type: z.literal('unpause'), reason }),
  z.object({ type: z.literal('delete') }),
  /** The clock of the schedule struck. What is due follows from the expression and the time it is decided. */
  z.object({ type: z.literal('due') }),
  /** An event that the pattern asks for. */
  z.object({ type: z.literal('event'), event: z.looseObject({ id: text(LIMITS.traceIdLength) }) }),
  /** Somebody wants a job now, whatever the schedule says. */
  z.object({ type: z.literal('fire'), requestId: text(LIMITS.traceIdLength) }),
  z.object({ type: z.literal('jobEnded'), jobId: idSchema, status: z.enum(JOB_OUTCOMES) }),
  z.object({
    type: z.literal('jobRefused'),
    jobId: idSchema,
    reason: text(LIMITS.messageLength),
    ...lineageShape,
  }),
]);
export type TriggerMessage = ReadOnly<z.infer<typeof triggerMessageSchema>>;
