import * as z from 'zod';
import { LIMITS } from '../limits';
import { text, time } from './bounded';
import { FAILURE_CLASSES } from './failure';
import type { ReadOnly } from './read-only';

/** What a person says of failures of a signature, from then on. */
export const correctionSchema = z.object({
  class: z.enum(FAILURE_CLASSES),
  /** Who said it. */
  by: text(LIMITS.ownerLength),
  reason: text(LIMITS.reasonLength),
  /** Milliseconds since the epoch. */
  at: time(),
});
export type Correction = ReadOnly<z.infer<typeof correctionSchema>>;
