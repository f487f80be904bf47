import { z } from 'zod';
import type { ReadOnly } from './read-only';
import { secretNamesSchema } from './secret';

/** Names of the secrets that the command gets as variables, in order. */
const secrets = secretNamesSchema.exactOptional();

/** What a worker is asked to do. */
export const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), run: z.string(), secrets }),
  z.object({ kind: z.literal('suite'), suite: z.string(), secrets }),
]);
export type Work = ReadOnly<z.infer<typeof workSchema>>;
