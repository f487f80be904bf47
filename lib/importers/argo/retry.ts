import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import { parseDuration } from '../../core/model/duration';
import type { ImportedNode } from '../imported';
import type { ArgoRetry } from './schema';
import type { Tell } from './tell';

/**
 * Retries of a template. Without a policy Argo retries what failed and not what went wrong in its own machinery, which
 * here spends no attempt anyway.
 * @see https://argo-workflows.readthedocs.io/en/latest/retries/
 */
export function retryOf(retry: ArgoRetry, path: Path, tell: Tell): ImportedNode['retry'] {
  if (!retry) return undefined;
  const { limit, retryPolicy, expression, backoff } = retry;
  if (expression) {
    tell(
      'left-out',
      [...path, 'expression'],
      `which failures are tried again is decided by ${expression}: nothing is`,
    );
    return undefined;
  }
  if (retryPolicy && retryPolicy !== 'Always' && retryPolicy !== 'OnFailure') {
    const message = `${retryPolicy}: attempts that are lost are given again anyway, what fails is not tried again`;
    tell('changed', [...path, 'retryPolicy'], message);
    return undefined;
  }
  const given = limit === undefined || limit === null ? Number.POSITIVE_INFINITY : Number(limit);
  if (Number.isNaN(given) || given < 0) {
    tell('left-out', [...path, 'limit'], `${limit} is no number that is known here: nothing is tried again`);
    return undefined;
  }
  const maxAttempts = Math.min(given + 1, LIMITS.maxAttempts);
  if (maxAttempts < given + 1) {
    tell('changed', path, `a node is tried ${LIMITS.maxAttempts} times at most`);
  }
  return { maxAttempts, on: 'any', ...delaysOf(backoff, maxAttempts, [...path, 'backoff'], tell) };
}

type Backoff = NonNullable<ArgoRetry>['backoff'];

/** Argo waits `duration`, and `factor` times as long each time. */
function delaysOf(backoff: Backoff, attempts: number, path: Path, tell: Tell): ImportedNode['retry'] {
  const ms = backoff?.duration === undefined || backoff.duration === null ? 0 : durationOf(backoff.duration);
  const factor = Number(backoff?.factor ?? 1);
  const cap =
    backoff?.cap === undefined || backoff.cap === null ? LIMITS.durationMs : durationOf(backoff.cap);
  const longest = backoff?.maxDuration;
  const maxTime = longest === undefined || longest === null ? undefined : durationOf(longest);
  if (ms === undefined || cap === undefined || !(factor >= 1)) {
    tell('left-out', path, 'it is no backoff that is known here: retries follow at once');
    return { strategy: 'fixed', initialDelay: '0s' };
  }
  if (maxTime !== undefined) tell('changed', [...path, 'maxDuration'], 'bounds the time of all attempts');
  const delays = Array.from({ length: Math.max(1, attempts - 1) }, (_, i) => Math.min(ms * factor ** i, cap));
  const rest = maxTime ? { maxTime: `${maxTime}ms` } : {};
  if (delays.every((delay) => delay === delays[0])) {
    return { strategy: 'fixed', initialDelay: `${delays[0]}ms`, ...rest };
  }
  return { strategy: 'custom', delays: delays.map((delay) => `${Math.round(delay)}ms`), ...rest };
}

/** A number is seconds. */
function durationOf(text: string | number): number | undefined {
  const value = /^\d+$/.test(String(text)) ? Number(text) : text;
  const ms = parseDuration(value);
  return ms !== undefined && ms <= LIMITS.durationMs ? ms : undefined;
}
