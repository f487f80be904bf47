import { z } from 'zod';
import { LIMITS } from '../limits';
import { text } from './bounded';
import type { ReadOnly } from './read-only';

/** What a worker is asked to do. */
export const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), run: text(LIMITS.runLength) }),
  z.object({ kind: z.literal('suite'), suite: text(LIMITS.suiteLength) }),
]);
export type Work = ReadOnly<z.infer<typeof workSchema>>;
