import * as z from 'zod';
import { LIMITS } from '../limits';
import { RECORD_BOUNDS, recordOf, text } from './bounded';
import { isVariableText } from './json-value';

/** They travel with each of its attempts. */
const bounds = { most: LIMITS.parameterNames, bytes: LIMITS.parameterBytes };

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
  text(LIMITS.parameterBytes).refine(
    isVariableText,
    'must hold no NUL and no broken text: no variable of a command can',
  ),
  bounds,
)
  .refine((parameters) => {
    const names = Object.keys(parameters).map((name) => name.toUpperCase());
    return new Set(names).size === names.length;
  }, 'must differ in more than case: commands see them as REPRISE_PARAM_<NAME>')
  .register(RECORD_BOUNDS, bounds);
export type Parameters = z.infer<typeof parametersSchema>;
