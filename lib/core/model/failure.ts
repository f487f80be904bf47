import { z } from 'zod';
import { LIMITS } from '../limits';
import { text, token } from './bounded';
import type { ReadOnly } from './read-only';

/** How an attempt ended, as its worker saw it. Why it failed is another question, which classification answers. */
export const FAILURE_KINDS = ['exit', 'timeout', 'spawn', 'cancelled', 'condition', 'lost'] as const;

export const failureSchema = z.object({
  kind: z.enum(FAILURE_KINDS),
  /** For a person and the classifier: the last lines of the output, at most 2,000 characters. */
  message: text(LIMITS.messageLength),
  /** From -2^31, as some systems count, to 2^32, as others do. */
  exitCode: z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 32 - 1)
    .exactOptional(),
  signal: token(LIMITS.signalLength).exactOptional(),
});
export type Failure = ReadOnly<z.infer<typeof failureSchema>>;
