import * as z from 'zod';

/** Variables that every command gets or that we set ourselves, whose value another one would hide; and no name at all. */
const TAKEN = /^(REPRISE_.*|PATH|HOME|LANG|TERM|TMPDIR|USER|LOGNAME|SHELL|PWD|CI|__proto__)$/;

/** The name of a variable that a graph may give to a command: of a secret, or under `with`. */
export const variableNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'must be the name of a variable: a letter or _, then letters, digits and underscores, 128 at most',
  )
  .refine((name) => !TAKEN.test(name), 'is the name of a variable that commands have anyway: choose another');

/** What a graph gives to a command under `with`: values by the names of variables. */
export type Given = Readonly<Record<string, string>>;
