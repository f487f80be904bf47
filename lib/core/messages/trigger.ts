import { z } from 'zod';
import { triggerDefinitionSchema } from './trigger-definition';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** Inputs of a trigger that cross a queue. The time is added by the shell that decides them. */
export const triggerMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('set'), owner: z.string(), definition: triggerDefinitionSchema }),
  z.strictObject({ type: z.literal('pause'), reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('unpause'), reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('delete') }),
  /** The clock of the schedule struck. What is due follows from the expression and the time it is decided. */
  z.strictObject({ type: z.literal('due') }),
  /** An event that the pattern asks for. */
  z.strictObject({ type: z.literal('event'), event: z.looseObject({ id: z.string() }) }),
  /** Somebody wants a job now, whatever the schedule says. */
  z.strictObject({ type: z.literal('fire'), requestId: z.string() }),
  z.strictObject({
    type: z.literal('jobEnded'),
    jobId: id,
    status: z.enum(['succeeded', 'failed', 'cancelled']),
  }),
  z.strictObject({ type: z.literal('jobRefused'), jobId: id, reason: z.string().max(2_000) }),
]);
export type TriggerMessage = z.infer<typeof triggerMessageSchema>;

/** `at`: milliseconds since the epoch. */
export type TriggerInput = TriggerMessage & { readonly at: number };
