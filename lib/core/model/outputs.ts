import { z } from 'zod';
import { isNestedTooDeeply } from './json-value';

/** What a node's command wrote for the nodes after it: JSON values by name. */
export type Outputs = Readonly<Record<string, unknown>>;

/** The type of what it takes is wider than JSON, whose recursive type would burden whatever holds it. */
export const outputsSchema: z.ZodType<Outputs> = z
  .unknown()
  // First, as what is nested without end would overflow the stack of what looks at it next.
  .refine((outputs) => !isNestedTooDeeply(outputs), 'are nested too deeply')
  .pipe(z.record(z.string().max(128), z.json()));

/** Bytes of a node's outputs as JSON: they stand in the journal, and every `when` below the node reads them. */
export const MAX_OUTPUT_BYTES = 16 * 1024;
