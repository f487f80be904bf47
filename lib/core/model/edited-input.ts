import * as z from 'zod';
import { LIMITS } from '../limits';
import { positive, text } from './bounded';
import { parametersSchema } from './parameters';
import type { ReadOnly } from './read-only';

/** What a person has a node run with from its next attempt on; what it leaves out stays as the graph and the job say. */
export const editedInputSchema = z.object({
  /** In place of the command. */
  run: text(LIMITS.runLength).min(1).exactOptional(),
  /** Before those of the job: a name that both have is taken from here. */
  parameters: parametersSchema.exactOptional(),
  /** From the start of an attempt. */
  timeoutMs: positive(LIMITS.durationMs).exactOptional(),
  /** Of a poisoned message: what goes back to its queue in place of its text. */
  body: text(LIMITS.poisonedBody).min(1).exactOptional(),
});
export type EditedInput = ReadOnly<z.infer<typeof editedInputSchema>>;
