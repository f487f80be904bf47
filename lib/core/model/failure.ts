import { z } from 'zod';
import type { ReadOnly } from './read-only';

/** How an attempt ended, as its worker saw it. Why it failed is another question, which classification answers. */
export const FAILURE_KINDS = ['exit', 'timeout', 'spawn', 'cancelled', 'condition', 'lost'] as const;

export const failureSchema = z.object({
  kind: z.enum(FAILURE_KINDS),
  /** For a person and the classifier: the last lines of the output, at most 2,000 characters. */
  message: z.string().max(2_000),
  exitCode: z.number().int().exactOptional(),
  signal: z.string().exactOptional(),
});
export type Failure = ReadOnly<z.infer<typeof failureSchema>>;
