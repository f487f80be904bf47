import { LIMITS } from '../../limits';
import { FAILURE_CLASSES } from '../../model/failure';
import { present } from '../../model/present';
import { quoted } from '../../model/quoted';
import { DEFAULT_JITTER, type RetryPolicy } from '../../model/retry-policy';
import { DEFAULT_PATIENCE_MS } from '../../retry/patience';
import type { Finding } from './problems';
import type { DocumentRetry, GraphDocument } from './schema';

/** What a `retry` that leaves fields out means. */
const DEFAULT_RETRY = {
  strategy: 'exponential',
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxAttempts: 3,
} as const;

/** What no `retry` at all means: one attempt. */
const NO_RETRY: RetryPolicy = { ...DEFAULT_RETRY, jitter: 'full', maxAttempts: 1 };

const DEFAULT_BIGGER_FACTOR = 2;

const WHEN = ['any', 'evidence'];

export function retryOf(defaults: DocumentRetry | undefined, own: DocumentRetry | undefined): RetryPolicy {
  if (!defaults && !own) return NO_RETRY;
  const given = { ...defaults, ...own };
  const strategy = given.strategy ?? DEFAULT_RETRY.strategy;
  const initialDelayMs =
    given.initialDelay ?? Math.min(DEFAULT_RETRY.initialDelayMs, given.maxDelay ?? Infinity);
  const delays = strategy === 'custom' ? delaysOf(defaults, own) : {};
  const { most, factor = DEFAULT_BIGGER_FACTOR } = given.bigger ?? {};
  return {
    strategy,
    initialDelayMs,
    // A bound that nobody wrote must not contradict a delay that somebody did.
    maxDelayMs: given.maxDelay ?? longestOf(initialDelayMs, delays),
    maxAttempts: given.maxAttempts ?? DEFAULT_RETRY.maxAttempts,
    jitter: strategy === 'decorrelated' ? 'none' : (given.jitter ?? DEFAULT_JITTER[strategy]),
    ...delays,
    ...present({
      maxTimeMs: given.maxTime,
      patienceMs: patienceOf(given),
      on: onOf(given.on),
      bigger: most && { factor, most },
    }),
  };
}

/** Who writes a number of attempts, or each delay, means it. */
function patienceOf({ patience, maxAttempts, delays }: DocumentRetry): number | undefined {
  const isOpen = maxAttempts === undefined && delays === undefined;
  return (patience ?? (isOpen ? DEFAULT_PATIENCE_MS : 0)) || undefined;
}

/** The words were checked. By the evidence is what a policy without it means. */
function onOf(on: DocumentRetry['on']): RetryPolicy['on'] {
  return on === 'evidence' ? undefined : (on as RetryPolicy['on']);
}

/** A node's own list or expression stands in place of whichever the defaults have. */
function delaysOf(
  defaults: DocumentRetry = {},
  own: DocumentRetry = {},
): Pick<RetryPolicy, 'delaysMs' | 'delay'> {
  const { delays, delay } = (own.delays ?? own.delay) ? own : defaults;
  return present({ delaysMs: delays, delay });
}

function longestOf(
  initialDelayMs: number,
  { delaysMs = [], delay }: Pick<RetryPolicy, 'delaysMs' | 'delay'>,
): number {
  if (delay !== undefined) return LIMITS.durationMs;
  return Math.max(DEFAULT_RETRY.maxDelayMs, initialDelayMs, ...delaysMs);
}

/** Fields that contradict each other once the defaults are merged in. */
export function* retryFindings({ defaults, nodes }: GraphDocument): Generator<Finding> {
  if (defaults?.retry) yield* contradictions(defaults.retry, defaults.retry, ['defaults', 'retry']);
  for (const [i, { retry }] of nodes.entries()) {
    if (retry) yield* contradictions({ ...defaults?.retry, ...retry }, retry, ['nodes', i, 'retry']);
  }
}

function* contradictions(
  merged: DocumentRetry,
  own: DocumentRetry,
  path: Finding['path'],
): Generator<Finding> {
  const { initialDelay, maxDelay, strategy = DEFAULT_RETRY.strategy } = merged;
  const finding = (key: string, message: string): Finding => ({
    code: 'GRAPH_INVALID',
    path: [...path, key],
    message,
  });
  if (initialDelay !== undefined && maxDelay !== undefined && maxDelay < initialDelay) {
    const key = own.maxDelay === undefined ? 'initialDelay' : 'maxDelay';
    yield finding(key, `maxDelay (${maxDelay} ms) is shorter than initialDelay (${initialDelay} ms)`);
  }
  yield* unknownWords(own.on, [...path, 'on']);
  if (own.delays && own.delay !== undefined) {
    yield finding('delay', '`delays` and `delay` exclude each other: keep one of them');
  }
  if (strategy === 'custom') {
    if (merged.delays ?? merged.delay) return;
    yield finding('strategy', 'custom needs `delays` (a list, such as [1s, 10s]) or `delay` (an expression)');
    return;
  }
  for (const key of ['delays', 'delay'] as const) {
    if (own[key] !== undefined)
      yield finding(key, `\`${key}\` goes with strategy: custom, not with ${strategy}`);
  }
  if (strategy === 'decorrelated' && own.jitter !== undefined) {
    yield finding('jitter', 'decorrelated draws its delays itself: leave `jitter` out');
  }
}

function* unknownWords(on: DocumentRetry['on'], path: Finding['path']): Generator<Finding> {
  const words: readonly string[] = on === undefined ? [] : [on].flat();
  const among: readonly string[] = typeof on === 'string' ? WHEN : FAILURE_CLASSES;
  for (const [i, word] of words.entries()) {
    if (among.includes(word)) continue;
    const list = typeof on === 'string' ? ', or a list of classes such as [network, timeout]' : '';
    const message = `${quoted(word)} is not one of ${among.join(', ')}${list}`;
    const place = typeof on === 'string' ? path : [...path, i];
    yield { code: 'GRAPH_INVALID', path: place, message, unknown: { word, among } };
  }
}
