import { z } from 'zod';
import type { ReadOnly } from './read-only';

/** What a worker is asked to do. */
export const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), run: z.string() }),
  z.object({ kind: z.literal('suite'), suite: z.string() }),
]);
export type Work = ReadOnly<z.infer<typeof workSchema>>;
