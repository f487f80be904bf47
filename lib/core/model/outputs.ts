import { z } from 'zod';
import { LIMITS } from '../limits';
import { recordOf, text } from './bounded';

/** What a node's command wrote for the nodes after it: JSON values by name. */
export type Outputs = Readonly<Record<string, unknown>>;

/** The type of what it takes is wider than JSON, whose recursive type would burden whatever holds it. */
export const outputsSchema: z.ZodType<Outputs> = recordOf(text(LIMITS.outputNameLength), z.json(), {
  most: LIMITS.outputNames,
  bytes: LIMITS.outputBytes,
});
