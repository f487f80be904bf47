import { LIMITS } from '../../limits';
import { bytesOf } from '../../model/bounded';
import { isVariableText, jsonProblem } from '../../model/json-value';
import type { ConditionError, ConditionInput, ConditionResult } from '../../model/judgement';
import type { Given } from '../../model/variable';
import { evaluate } from './expression';
import { textOf } from './items';
import { kindOf } from './strict';

/**
 * The variables of a command from its expressions under `with`: text as it is, numbers and booleans as they are written,
 * everything else as JSON. What gives nothing is an error, as a command would take an empty variable for a value.
 */
export async function evaluateGiven(
  variables: Readonly<Record<string, string>>,
  input: ConditionInput,
): Promise<ConditionResult> {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(variables)) {
    const result = await evaluate(text, input);
    if ('error' in result) return { ...result, error: `with.${name}: ${result.error}` };
    const problem = problemOf(result.value);
    if (problem !== undefined) return { error: `with.${name}: ${problem}: ${text}` };
    given[name] = textOf(result.value);
  }
  return tooLarge(given) ?? { holds: true, given };
}

/** Why a value cannot be a variable. */
function problemOf(value: unknown): string | undefined {
  if (value === undefined) return `gives ${kindOf(value)}: say what it is then, as in ... ?? ''`;
  const problem = jsonProblem(value, LIMITS.outputBytes);
  if (problem === 'is too large') return `gives more than ${LIMITS.outputBytes} bytes: ${MEND}`;
  if (problem !== undefined) return `gives what ${problem}`;
  if (!isVariableText(textOf(value)))
    return 'gives a NUL or broken text, which no variable of a command can hold';
  return undefined;
}

const MEND = 'write it to a file and hand on its path';

/** Names the largest. */
function tooLarge(given: Given): ConditionError | undefined {
  const bytes = bytesOf(given);
  if (bytes <= LIMITS.givenBytes) return undefined;
  const [name = '', value = ''] =
    Object.entries(given).sort(([, a], [, b]) => bytesOf(b) - bytesOf(a))[0] ?? [];
  const all = Object.keys(given).length === 1 ? '' : `, and all of \`with\` ${bytes}`;
  return {
    error: `with.${name}: gives ${bytesOf(value)} bytes${all}, and at most ${LIMITS.givenBytes} are given to a node: ${MEND}`,
  };
}
