import * as z from 'zod';
import { LIMITS } from '../limits';
import { bytesOf, positive, recordOf, text } from './bounded';
import { outputsSchema } from './outputs';
import type { ReadOnly } from './read-only';
import { secretNamesSchema } from './secret';
import { reportsSchema, testIdsSchema } from './test-results';
import { variableNameSchema } from './variable';

/** Names of the secrets that the command gets as variables, in order. */
const secrets = secretNamesSchema.exactOptional();

const tests = {
  /** Files in which the command says what its tests did. */
  reports: reportsSchema.exactOptional(),
  /** Those that are to run again, and no others where the runner can do that; all where it is absent. */
  tests: testIdsSchema.exactOptional(),
};

/** What a fan-out gives to its commands: the value of an item or of a matrix, and the parts of an item. */
type VariableKind = 'ITEM' | 'MATRIX';

/** The variable of a key of an item, or of a name of a matrix: `REPRISE_ITEM_<KEY>`, `REPRISE_MATRIX_<NAME>`. */
export function variableName(kind: VariableKind, name: string): string {
  return `REPRISE_${kind}_${name.toUpperCase()}`;
}

/** Of a variable that a fan-out gives. */
const OF_FAN_OUT = /^REPRISE_(ITEM|MATRIX)(_[A-Z0-9_]+)?$/;

/** Whether a variable of some work is one that its graph names under `with`. */
export function isNamed(variable: string): boolean {
  return !OF_FAN_OUT.test(variable);
}

/** For the environment of the command, whatever it is: of these names alone, so that nobody sets a `PATH` this way. */
const variables = recordOf(
  text(LIMITS.variablesBytes)
    .regex(/^[A-Za-z_]\w*$/)
    .refine((name) => OF_FAN_OUT.test(name) || variableNameSchema.safeParse(name).success),
  z.string(),
  { most: LIMITS.variables, bytes: LIMITS.variablesBytes },
);

/** Whether a command can be given so many, and of that size. */
export const hasRoomFor = (given: Readonly<Record<string, string>>): boolean =>
  Object.keys(given).length <= LIMITS.variables && bytesOf(given) <= LIMITS.variablesBytes;

/** Of a command that undoes what an attempt of its node did: which one, and what that handed on. */
const compensates = z
  .object({ attempt: positive(LIMITS.attempts), outputs: outputsSchema.exactOptional() })
  .exactOptional();

/** What a worker is asked to do. */
export const workSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    run: text(LIMITS.runLength),
    variables: variables.exactOptional(),
    secrets,
    compensates,
    ...tests,
  }),
  z.object({
    kind: z.literal('suite'),
    suite: text(LIMITS.suiteLength),
    variables: variables.exactOptional(),
    secrets,
    ...tests,
  }),
]);
export type Work = ReadOnly<z.infer<typeof workSchema>>;
