import type { Path } from '../../core/dag/check/problems';
import type { ImportedNode } from '../imported';
import type { CommandStep } from './schema';
import type { Tell } from './tell';

const DEFAULT_LIMIT = 2;

type Rule = Extract<NonNullable<NonNullable<CommandStep['retry']>['automatic']>, { limit?: unknown }>;

/** Retries of a step; Buildkite waits for none of them. @see https://buildkite.com/docs/pipelines/configure/retry */
export function retryOf(retry: CommandStep['retry'], path: Path, tell: Tell): ImportedNode['retry'] {
  if (!retry) return undefined;
  const { automatic, manual } = retry;
  for (const key of Object.keys(retry)) {
    if (key !== 'automatic' && key !== 'manual')
      tell('left-out', [...path, key], `\`${key}\`: has no counterpart`);
  }
  if (manual !== undefined && manual !== null && manual !== true) {
    tell('left-out', [...path, 'manual'], 'who may try it again by hand is not decided by the graph');
  }
  const at = [...path, 'automatic'];
  const rules = rulesOf(automatic).filter((rule, i) =>
    isOfCommand(rule, Array.isArray(automatic) ? [...at, i] : at, tell),
  );
  const limits = rules.map((rule) => limitOf(rule, at, tell));
  const any = rules.findIndex(isAny);
  const most = Math.max(0, ...limits);
  if (most === 0) return undefined;
  const base = { strategy: 'fixed', initialDelay: '0s', maxAttempts: most + 1 } as const;
  if (any < 0) {
    const statuses = rules.flatMap(({ exit_status: given }) => [given ?? []].flat()).join(', ');
    const message = `what is tried again is decided by the class of the failure and not by its exit status (${statuses})`;
    tell('changed', at, message);
    return base;
  }
  if (rules.length > 1) {
    tell(
      'changed',
      at,
      `exit statuses are not told apart: whatever fails is tried again, ${most} times at most`,
    );
  }
  return { ...base, on: 'any' };
}

function rulesOf(automatic: NonNullable<CommandStep['retry']>['automatic']): Rule[] {
  if (automatic === undefined || automatic === null || automatic === false || automatic === 'false')
    return [];
  if (automatic === true || automatic === 'true') return [{}];
  return [automatic].flat();
}

/** Rules for jobs whose agent was lost, or that were stopped from outside: attempts lost with their worker are given again anyway. */
function isOfCommand(rule: Rule, path: Path, tell: Tell): boolean {
  const { exit_status: status, signal, signal_reason: reason } = rule;
  const isNamed = (given: Rule['signal']) =>
    given !== undefined && given !== null && given !== '*' && given !== 'none';
  const isLost = [status ?? '*'].flat().every((each) => Number(each) === -1);
  if (!isLost && !isNamed(signal) && !isNamed(reason)) return true;
  const message = 'an attempt that is lost with its worker is given again anyway, and spends no retry';
  tell('info', path, message);
  return false;
}

function isAny({ exit_status: status }: Rule): boolean {
  return status === undefined || status === null || status === '*';
}

function limitOf({ limit }: Rule, path: Path, tell: Tell): number {
  if (limit === undefined || limit === null) return DEFAULT_LIMIT;
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 0 && count <= 10) return count;
  tell('changed', path, `the limit ${limit} is no number from 0 to 10: ${DEFAULT_LIMIT} is taken`);
  return DEFAULT_LIMIT;
}
