import { z } from 'zod';
import { LIMITS } from '../limits';
import { recordOf, text } from './bounded';

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
  text(LIMITS.parameterBytes),
  // They travel with each of its attempts.
  { most: LIMITS.parameterNames, bytes: LIMITS.parameterBytes },
);
export type Parameters = z.infer<typeof parametersSchema>;
