import { z } from 'zod';
import { isVariableText } from './json-value';

/** Bytes of all parameters of a job together, as JSON: they travel with each of its attempts. */
export const MAX_PARAMETERS_BYTES = 4_096;

/**
 * What a job is told when it is submitted: text by name. Commands see it as `REPRISE_PARAM_<NAME>`, conditions as
 * `parameters.<name>`.
 */
export const parametersSchema = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
        'must be a name: a letter or _, then letters, digits and underscores',
      ),
    z.string().refine(isVariableText, 'must hold no NUL and no broken text: no variable of a command can'),
  )
  .refine((parameters) => {
    const names = Object.keys(parameters).map((name) => name.toUpperCase());
    return new Set(names).size === names.length;
  }, 'must differ in more than case: commands see them as REPRISE_PARAM_<NAME>')
  .refine(
    (parameters) => new TextEncoder().encode(JSON.stringify(parameters)).length <= MAX_PARAMETERS_BYTES,
    `must be at most ${MAX_PARAMETERS_BYTES} bytes together`,
  );
export type Parameters = z.infer<typeof parametersSchema>;
