import * as z from 'zod';
import type { Graph, GraphNode } from '../dag/graph';
import { type Problem, RepriseError } from '../errors';
import { LIMITS } from '../limits';
import { positive, text } from '../model/bounded';
import type { ReadOnly } from '../model/read-only';
import { BACKOFF_STRATEGIES } from '../model/retry-policy';

const seconds = positive(LIMITS.durationMs / 1_000).optional();

/** What nodes may ask for at most when they are tried again. What a rule leaves out it does not bound. */
const ruleSchema = z.strictObject({
  /** Whom it is for, by id; `*` is any text. Without `suite` and `node`, every node. */
  suite: text(LIMITS.suiteLength).min(1).optional(),
  node: text(LIMITS.idLength).min(1).optional(),
  strategies: z.array(z.enum(BACKOFF_STRATEGIES)).min(1).max(BACKOFF_STRATEGIES.length).optional(),
  maxAttempts: positive(LIMITS.maxAttempts).optional(),
  /** Of one wait. */
  maxDelaySeconds: seconds,
  /** From the first attempt to the beginning of the last. */
  maxTimeSeconds: seconds,
  /** Beyond `maxAttempts`, while what is outside is not well. */
  maxPatienceSeconds: seconds,
  /** Of an attempt. */
  maxTimeoutSeconds: seconds,
});

export const retryLimitsSchema = z.array(ruleSchema).max(LIMITS.retryRules);
export type RetryLimits = ReadOnly<z.infer<typeof retryLimitsSchema>>;
type Rule = RetryLimits[number];

/** @throws RepriseError RETRY_LIMITED with the place of everything that a rule forbids, and what it allows. */
export function checkRetryLimits(graph: Graph, limits: RetryLimits): void {
  const problems = graph.nodes.flatMap((node, i) =>
    limits.filter((rule) => isFor(rule, node)).flatMap((rule) => faults(rule, node, `nodes[${i}]`)),
  );
  const [first] = problems;
  if (!first) return;
  const message = problems.length === 1 ? first.message : `${problems.length} limits of retries are passed`;
  throw new RepriseError('RETRY_LIMITED', message, { problems });
}

function isFor({ suite, node }: Rule, { id, work }: GraphNode): boolean {
  if (node !== undefined && !matches(node, id)) return false;
  return suite === undefined || (work.kind === 'suite' && matches(suite, work.suite));
}

/** Whether a text is what a pattern says, in which `*` is any text. */
function matches(pattern: string, value: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return value === head;
  if (!value.startsWith(head) || value.length < head.length + tail.length || !value.endsWith(tail))
    return false;
  let at = head.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0 || found + part.length > value.length - tail.length) return false;
    at = found + part.length;
  }
  return true;
}

function* faultTexts(rule: Rule, { retry, timeoutMs }: GraphNode): Generator<[path: string, said: string]> {
  const { strategies, maxAttempts, maxDelaySeconds, maxTimeSeconds } = rule;
  const { maxPatienceSeconds, maxTimeoutSeconds } = rule;
  const tries = retry.maxAttempts > 1;
  if (tries && strategies && !strategies.includes(retry.strategy)) {
    yield ['retry.strategy', `strategy ${retry.strategy} is not allowed: use ${strategies.join(' or ')}`];
  }
  if (maxAttempts !== undefined && retry.maxAttempts > maxAttempts) {
    yield [
      'retry.maxAttempts',
      `${retry.maxAttempts} attempts are not allowed: lower maxAttempts to ${maxAttempts}`,
    ];
  }
  if (tries && past(retry.maxDelayMs, maxDelaySeconds)) {
    yield [
      'retry.maxDelay',
      `a wait of ${retry.maxDelayMs / 1_000} s is not allowed: set maxDelay to ${maxDelaySeconds}s or less`,
    ];
  }
  if (tries && past(retry.maxTimeMs ?? Infinity, maxTimeSeconds)) {
    yield [
      'retry.maxTime',
      `retries may not go on for longer than ${maxTimeSeconds} s: set maxTime to ${maxTimeSeconds}s or less`,
    ];
  }
  if (past(retry.patienceMs ?? 0, maxPatienceSeconds)) {
    yield [
      'retry.patience',
      `patience of ${(retry.patienceMs ?? 0) / 1_000} s is not allowed: set patience to ${maxPatienceSeconds}s or less`,
    ];
  }
  if (past(timeoutMs, maxTimeoutSeconds)) {
    yield [
      'timeout',
      `a timeout of ${timeoutMs / 1_000} s is not allowed: set timeout to ${maxTimeoutSeconds}s or less`,
    ];
  }
}

function past(ms: number, most: number | undefined): boolean {
  return most !== undefined && ms > most * 1_000;
}

function faults(rule: Rule, node: GraphNode, place: string): Problem[] {
  const whom = [rule.suite && `suite ${rule.suite}`, rule.node && `node ${rule.node}`]
    .filter(Boolean)
    .join(', ');
  return [...faultTexts(rule, node)].map(([path, said]): Problem => {
    const message = `node ${node.id}: ${said}${whom === '' ? '' : ` (limit of ${whom})`}`;
    return { code: 'RETRY_LIMITED', path: `${place}.${path}`, message };
  });
}
