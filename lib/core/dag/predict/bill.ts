import type { MachineForm } from '../emit/forms';
import { costOf, type Prices, type Usage } from './prices';

/**
 * What a node takes beside the transitions of its machine, its share of the job included: it succeeds at once, its job is
 * alone in its pool, each message comes to its function by itself, and several processes share the work, which is the dearest
 * way. Where messages come in batches of ten it is about a third. `test/unit/lambdas/bill.spec.ts` counts it; docs/cost.md says what it is for.
 */
export const NODE_USAGE = {
  own: {
    ...{ fifoRequests: 15.1, queueRequests: 3, writeUnits: 11.6, readUnits: 8.2, apiCalls: 1.01 },
    ...{ invocations: 8.1, logBytes: 3_200, traces: 0.06 },
  },
  runner: {
    ...{ fifoRequests: 9.2, queueRequests: 3, writeUnits: 6.6, readUnits: 6.2, apiCalls: 1.01 },
    ...{ invocations: 6.1, logBytes: 2_750, traces: 0.06 },
  },
  /** What it takes more where its worker pulls: it is handed its attempt over a connection, and answers there. */
  connection: { socketMessages: 2, invocations: 1, writeUnits: 1, readUnits: 2 },
} as const satisfies Record<'own' | 'runner' | 'connection', Partial<Usage>>;

/** The graph runner enters one state, whatever the graph. */
const RUNNER_TRANSITIONS = 1;

/** The bill of a run in USD: on machines of its own, and on the graph runner. Its workers pull. */
export interface Bill {
  readonly estimatedCostUsd: number;
  /** The transitions in it. */
  readonly transitionsCostUsd: number;
  /** What the connections of workers add to either: workers that are called save it. */
  readonly connectionsCostUsd: number;
  readonly graphRunnerCostUsd: number;
}

/** @param transitions states entered on the machines of the graph, which are the graph runner where it is compact. */
export function billOf(
  { nodes, transitions, form }: { nodes: number; transitions: number; form: MachineForm },
  prices: Prices,
): Bill {
  const ofTransitions = costOf({ transitions }, prices);
  const ofRunner = costOf({ transitions: RUNNER_TRANSITIONS }, prices);
  const ofConnections = nodes * costOf(NODE_USAGE.connection, prices);
  const ofNodes = (usage: Partial<Usage>) => nodes * costOf(usage, prices) + ofConnections;
  return {
    estimatedCostUsd: rounded(
      ofTransitions + ofNodes(form === 'compact' ? NODE_USAGE.runner : NODE_USAGE.own),
    ),
    transitionsCostUsd: rounded(ofTransitions),
    connectionsCostUsd: rounded(ofConnections),
    graphRunnerCostUsd: rounded(ofRunner + ofNodes(NODE_USAGE.runner)),
  };
}

/**
 * What a job that ran took, in USD: a node costs as much once more with each attempt after its first, which is a little too
 * much, as its workflow enters it once. Its workers pull.
 */
export function costOfAttempts(
  { nodes, attempts, isOnOwnMachine }: { nodes: number; attempts: number; isOnOwnMachine: boolean },
  prices: Prices,
): number {
  const usage = isOnOwnMachine ? NODE_USAGE.own : NODE_USAGE.runner;
  const transitions = isOnOwnMachine ? nodes : RUNNER_TRANSITIONS;
  const each = costOf(usage, prices) + costOf(NODE_USAGE.connection, prices);
  return rounded(costOf({ transitions }, prices) + attempts * each);
}

const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;
