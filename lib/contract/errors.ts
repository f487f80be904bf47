import { z } from 'zod';

/** Every error of the API. */
export const errorResponse = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** How many more there are than are listed. */
    more_problems: z.number().optional(),
  }),
  trace_id: z.string(),
});
export type ErrorResponse = z.output<typeof errorResponse>;
