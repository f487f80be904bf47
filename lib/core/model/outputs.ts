import * as z from 'zod';
import { LIMITS } from '../limits';
import { recordOf, text } from './bounded';
import { isNestedTooDeeply } from './json-value';

/** What a node's command wrote for the nodes after it: JSON values by name. */
export type Outputs = Readonly<Record<string, unknown>>;

const outputs = recordOf(text(LIMITS.outputNameLength), z.json(), {
  most: LIMITS.outputNames,
  bytes: LIMITS.outputBytes,
});
/** The type of what it takes is wider than JSON, whose recursive type would burden whatever holds it. */
export const outputsSchema: z.ZodType<Outputs> = z
  .unknown()
  // First, as what is nested without end would overflow the stack of what looks at it next.
  .refine((value) => !isNestedTooDeeply(value), 'are nested too deeply')
  .pipe(outputs);
