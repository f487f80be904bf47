import { z } from 'zod';
import { LIMITS } from '../limits';

/** Variables that every command gets or that we set ourselves: a secret of such a name would hide what it stands for. */
const TAKEN = /^(REPRISE_.*|PATH|HOME|LANG|TERM|TMPDIR|USER|LOGNAME|SHELL|PWD|CI)$/;

/**
 * The name of a secret and of the variable in which a command gets its value. Only the name is ever journalled or
 * sent: the worker knows the value.
 */
export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'must be the name of a variable: a letter or _, then letters, digits and underscores, 128 at most',
  )
  .refine((name) => !TAKEN.test(name), 'is the name of a variable that commands have anyway: choose another');

export const secretNamesSchema = z.array(secretNameSchema).max(LIMITS.secrets);
