import { assertNever, RepriseError } from '../../errors';
import { type DurationHistory, NO_HISTORY, nodeHash, withLearnedDurations } from '../../history/durations';
import { LIMITS } from '../../limits';
import { formatDuration } from '../../model/duration';
import { present } from '../../model/present';
import type { BackoffStrategy, Jitter, RetryPolicy } from '../../model/retry-policy';
import { undoPolicy } from '../../retry/patience';
import { createHints } from '../check/nearest';
import { compile } from '../compile';
import type { Graph, TriggerRule } from '../graph';
import { type GraphIndex, indexGraph } from '../graph-index';
import { graphHash } from '../hash';
import { hasBit } from '../plan/bits';
import { reduce } from '../plan/resolve';
import { durationOf, timing } from '../predict/analyse';

/** Why a node starts when it does. Times as if every node succeeded at once, with workers enough. */
export interface Explanation {
  readonly node: string;
  readonly durationSeconds: number;
  readonly durationFrom: 'declared' | 'learned' | 'assumed';
  readonly needs: readonly ExplainedNeed[];
  readonly trigger: { readonly rule: TriggerRule; readonly means: string };
  /** The JSONata condition, where it has one. */
  readonly when?: string;
  /** What its command is given: JSONata by the names of variables. */
  readonly with?: Readonly<Record<string, string>>;
  readonly retry: ExplainedRetry;
  /** Names of the secrets that its command gets; the worker resolves them. */
  readonly secrets?: readonly string[];
  /** The command that undoes it on rollback. */
  readonly compensate?: string;
  /** How what undoes it is tried again, where something does. */
  readonly undoing?: ExplainedRetry;
  /** External dependencies: it waits while the breaker of one of them is open. */
  readonly dependencies?: readonly string[];
  readonly earliestStartSeconds: number;
  /** How much later it may start without delaying the graph. */
  readonly slackSeconds: number;
  /** Without slack: what delays it delays the graph. */
  readonly isCritical: boolean;
  /** Nodes one after another that fix its earliest start, the first to run first. */
  readonly longestPathBefore: readonly string[];
  readonly holdsUp: {
    /** Nodes that need it themselves. */
    readonly directly: readonly string[];
    /** Nodes that come somewhere after it. */
    readonly nodes: number;
    /** From its end to the end of the graph, at least. */
    readonly remainingSeconds: number;
  };
}

/** How it is tried again. */
export interface ExplainedRetry {
  readonly maxAttempts: number;
  readonly strategy: BackoffStrategy;
  readonly jitter: Jitter;
  readonly means: string;
}

export interface ExplainedNeed {
  readonly node: string;
  /** `other need`: the order follows from `follows`, another need of the node. */
  readonly keptBy: 'structure' | 'scheduler' | 'other need';
  readonly follows?: string;
  /** The need that ends last. */
  readonly isLast: boolean;
}

/** @throws RepriseError INPUT_INVALID when there is no such node; as `compile`. */
export function explainNode(graph: Graph, id: string, history: DurationHistory = NO_HISTORY): Explanation {
  const index = indexGraph(withLearnedDurations(graph, history), graphHash(graph));
  const node = index.indexOf.get(id);
  if (node === undefined) {
    const otherwise = ': `reprise graph FILE` draws those it has';
    const hint = createHints(LIMITS.hintEffort)({ word: id, among: index.indexOf.keys(), otherwise });
    throw new RepriseError(
      'INPUT_INVALID',
      `the graph ${graph.name} has no node ${JSON.stringify(id)}${hint}`,
    );
  }
  const { trigger, when, durationMs, work, dependencies, compensate, retry } = graph.nodes[node]!;
  const variables = graph.nodes[node]!.with;
  const { criticalPathMs, slackMs } = timing(index);
  const startMs = criticalPathMs - index.rank[node]! - slackMs[node]!;
  const before = longestPathTo(index, node);
  const name = (i: number) => graph.nodes[i]!.id;
  return {
    node: id,
    durationSeconds: durationOf(index, node) / 1_000,
    durationFrom:
      durationMs !== undefined
        ? 'declared'
        : history.has(nodeHash(graph.nodes[node]!))
          ? 'learned'
          : 'assumed',
    needs: explainNeeds(index, node, before.at(-1)),
    trigger: {
      rule: trigger,
      means: index.needs[node]!.length === 0 ? 'it starts at once' : meaning(trigger),
    },
    ...present({ when, with: variables, secrets: work.secrets, dependencies, compensate }),
    retry: explainRetry(retry),
    ...(compensate === undefined ? {} : { undoing: explainRetry(undoPolicy(retry)) }),
    earliestStartSeconds: startMs / 1_000,
    slackSeconds: slackMs[node]! / 1_000,
    isCritical: slackMs[node] === 0,
    longestPathBefore: before.map(name),
    holdsUp: {
      directly: index.dependents[node]!.map(name),
      nodes: countAfter(index, node),
      remainingSeconds: (index.rank[node]! - durationOf(index, node)) / 1_000,
    },
  };
}

/** What a policy without a word of its own means, the jitter included. */
function explainRetry(policy: RetryPolicy): ExplainedRetry {
  const { maxAttempts, strategy, jitter } = policy;
  return { maxAttempts, strategy, jitter, means: retryMeaning(policy) };
}

function retryMeaning(policy: RetryPolicy): string {
  const { maxAttempts, strategy, jitter, initialDelayMs, maxDelayMs, patienceMs } = policy;
  const patience =
    patienceMs === undefined
      ? ''
      : `; what is outside is waited out for ${formatDuration(patienceMs)} from the first failure on`;
  if (maxAttempts === 1) return `one attempt is all it has${patience}`;
  const wait = formatDuration(initialDelayMs);
  const most = `${formatDuration(maxDelayMs)} at most`;
  const grows =
    strategy === 'fixed' ? `fixed waits of ${wait}` : `${strategy} waits from ${wait} on, ${most}`;
  const waits =
    strategy === 'none' ? 'no waits' : strategy === 'custom' ? `waits of its own, ${most}` : grows;
  return `${maxAttempts} attempts, ${waits}, ${jitterMeaning(strategy, jitter)}${patience}`;
}

function jitterMeaning(strategy: BackoffStrategy, jitter: Jitter): string {
  if (strategy === 'decorrelated') return 'each drawn between the first and three times the one before';
  switch (jitter) {
    case 'none':
      return 'no jitter: it waits what it says';
    case 'full':
      return 'full jitter: each wait is drawn between 0 and that';
    case 'equal':
      return 'equal jitter: each wait is drawn between half of that and all of it';
    default:
      return assertNever(jitter, 'jitter');
  }
}

/** A trigger rule in words, for a node that needs others. Judged once, when all of them are final. */
export function meaning(rule: TriggerRule): string {
  switch (rule) {
    case 'all_success':
      return 'it runs if all of them succeeded';
    case 'all_done':
      return 'it runs when all of them are over, however they ended';
    case 'always':
      return 'it runs when all of them are over, however they ended, after a cancellation, the deadline or fail-fast too';
    case 'all_failed':
      return 'it runs if all of them failed';
    case 'one_success':
      return 'it runs if at least one of them succeeded, once all are over';
    case 'one_failed':
      return 'it runs if at least one of them failed, once all are over';
    case 'none_failed':
      return 'it runs if none of them failed; skipped ones do not matter';
    default:
      return assertNever(rule, 'trigger rule');
  }
}

function explainNeeds(index: GraphIndex, node: number, last: number | undefined): ExplainedNeed[] {
  const { needs, ancestors } = reduce(index);
  const place = new Map(index.order.map((i, at) => [i, at]));
  const isAfter = (a: number, b: number) =>
    place.get(a)! > place.get(b)! && hasBit(ancestors, place.get(a)!, place.get(b)!);
  const name = (i: number) => index.graph.nodes[i]!.id;
  const residual = compile(index.graph).residual[name(node)] ?? [];
  return index.needs[node]!.map((need): ExplainedNeed => {
    const about = { node: name(need), isLast: need === last };
    const follows = needs[node]!.find((other) => isAfter(other, need));
    if (follows !== undefined) return { ...about, keptBy: 'other need', follows: name(follows) };
    return { ...about, keptBy: residual.includes(name(need)) ? 'scheduler' : 'structure' };
  });
}

/** O(nodes + edges). */
function longestPathTo(index: GraphIndex, node: number): number[] {
  const end = new Float64Array(index.order.length);
  const latest = (i: number): number | undefined =>
    index.needs[i]!.reduce<number | undefined>(
      (best, need) => (best === undefined || end[need]! > end[best]! ? need : best),
      undefined,
    );
  for (const i of index.order) {
    const need = latest(i);
    end[i] = durationOf(index, i) + (need === undefined ? 0 : end[need]!);
  }
  const path: number[] = [];
  for (let i = latest(node); i !== undefined; i = latest(i)) path.push(i);
  return path.reverse();
}

function countAfter({ dependents }: GraphIndex, node: number): number {
  const seen = new Set(dependents[node]);
  for (const i of seen) for (const next of dependents[i]!) seen.add(next);
  return seen.size;
}
