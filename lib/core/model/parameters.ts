import { z } from 'zod';
import { LIMITS } from '../limits';
import { recordOf, text } from './bounded';

/** Bytes of all parameters of a job together, as JSON: they travel with each of its attempts. */
const MAX_BYTES = LIMITS.parameterBytes;

/**
 * What a job is told when it is submitted: text by name. Commands see it as `REPRISE_PARAM_<NAME>`, conditions as
 * `parameters.<name>`.
 */
export const parametersSchema = recordOf(
  z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
      'must be a name: a letter or _, then letters, digits and underscores',
    ),
  text(MAX_BYTES),
  LIMITS.parameterNames,
).refine(
  (parameters) => new TextEncoder().encode(JSON.stringify(parameters)).length <= MAX_BYTES,
  `must be at most ${MAX_BYTES} bytes together`,
);
export type Parameters = z.infer<typeof parametersSchema>;
