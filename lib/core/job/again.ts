import type { GraphIndex } from '../dag/graph-index';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { Given } from '../model/variable';
import { beyondType, FREE_RETRIES, type RetryLevel } from '../retry/level';
import { cleanUpBehind } from './clean-up';
import { editProblem } from './edited';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { type JobNode, jobNodes, nodeAt, nodeById } from './nodes';
import { isRollingBack } from './rollback-state';
import { dependencyResult, type JobState } from './state';

type Retry = Extract<JobInput, { type: 'retry' }>;

/**
 * What a person has tried again: nodes that wait for their next attempt begin it now, nodes that failed run again with a
 * new budget, and with them what they need, what was skipped because of them and what cleans up behind them. A job that is
 * being cancelled ends first.
 */
export function retry(index: GraphIndex, state: ReadOnly<JobState>, input: Retry): JobEvent[] {
  const { order } = input;
  if (order === undefined) return tryAgain(index, state, input);
  if (state.orders?.includes(order)) return [];
  // Of letters that are redriven together, those go whose nodes are still there.
  const gone = input.nodes?.filter((id) => !nodeById(index, state, id)) ?? [];
  const nodes = input.nodes?.filter((id) => !gone.includes(id)) ?? [];
  if (gone.length === 0 || nodes.length === 0) return tryAgain(index, state, input);
  const without = { ...input, nodes: gone, order: `${order}/gone` };
  return [
    ...(state.orders?.includes(without.order) ? [] : [retryRefused(without, noNode(gone[0]))]),
    ...tryAgain(index, state, { ...input, nodes }),
  ];
}

const noNode = (nodeId: string | undefined): string => `the job has no node ${nodeId}`;

function tryAgain(index: GraphIndex, state: ReadOnly<JobState>, input: Retry): JobEvent[] {
  const { order } = input;
  const inputs = Object.fromEntries(
    Object.entries(input.inputs ?? {}).filter(([id]) => order === undefined || input.nodes?.includes(id)),
  );
  // Whoever redrives letters waits for an answer; a person sees how the job stands.
  const nothing = (why: string) => (order === undefined ? [] : [retryRefused(input, why)]);
  const isLive = state.status === 'running' && state.cancelReason === undefined;
  const isEnded = isOver(state.status) && state.status !== 'succeeded';
  if (state.status === 'new') return [];
  if (isRollingBack(state))
    return [retryRefused(input, 'the job is being rolled back: ask again when it has ended')];
  if (!isLive && !isEnded) return nothing(whyNotNow(state));
  const unknown = input.nodes?.find((id) => !nodeById(index, state, id));
  if (unknown !== undefined) return [retryRefused(input, noNode(unknown))];
  const asked = input.nodes
    ? input.nodes.map((id) => nodeById(index, state, id) as JobNode)
    : jobNodes(index, state);
  // A letter is about what failed for good.
  const waiting = order === undefined ? asked.filter(({ node }) => node.phase === 'backoff') : [];
  const failed = asked.filter(isFailed);
  if (waiting.length === 0 && failed.length === 0) return nothing('nothing of this has failed any more');
  const why =
    refusal(state, input, failed.length > 0) ?? editProblem(index, state, inputs) ?? notGiven(input);
  if (why !== undefined) return [retryRefused(input, why)];
  const nodes = withOthers(index, state, failed);
  const level = levelOf(state, input, failed.length > 0);
  return [
    ...[...waiting, ...failed].flatMap(({ id: nodeId }): JobEvent[] => {
      const edited = Object.hasOwn(inputs, nodeId) ? inputs[nodeId] : undefined;
      return edited ? [{ type: 'node.edited', data: { nodeId, input: edited } }] : [];
    }),
    ...waiting.map(({ id: nodeId, node }): JobEvent => {
      return { type: 'node.ready', data: { nodeId, attempt: node.attempt + 1, ...givenTo(input, nodeId) } };
    }),
    ...(nodes.length === 0
      ? []
      : [
          {
            type: 'job.resumed' as const,
            data: { nodes, reason: input.reason, level, entered: true as const, ...present({ order }) },
          },
        ]),
  ];
}

export function retryRefused(
  { reason, level, nodes, order }: Pick<Retry, 'reason' | 'level' | 'nodes' | 'order'>,
  why: string,
): JobEvent {
  return { type: 'job.retryRefused', data: { reason, why, ...present({ level, nodes, order }) } };
}

function notGiven({ given }: Retry): string | undefined {
  for (const [nodeId, judgement] of given ?? [])
    if ('error' in judgement) return `${nodeId} cannot run with these parameters: ${judgement.error}`;
  return undefined;
}

function givenTo({ given }: Retry, nodeId: string): { readonly given?: Given } {
  const judgement = given?.get(nodeId);
  return judgement && 'given' in judgement ? present({ given: judgement.given }) : {};
}

function whyNotNow({ status, cancelReason }: ReadOnly<JobState>): string {
  if (status === 'submitted') return 'the job waits to be admitted';
  if (status === 'succeeded') return 'the job has succeeded';
  return `the job is being cancelled: ${cancelReason}`;
}

const isFailed = ({ node }: JobNode): boolean =>
  node.phase === 'final' && dependencyResult(node) === 'failure';

/** The level that it takes. How often a letter may be redriven its group counts, letter by letter. */
function levelOf(
  { retries = 0 }: ReadOnly<JobState>,
  { order }: Pick<Retry, 'order'>,
  runsAgain: boolean,
): RetryLevel {
  if (!runsAgain) return 1;
  if (order !== undefined) return 2;
  return retries < FREE_RETRIES ? 2 : 3;
}

function refusal(state: ReadOnly<JobState>, input: Retry, runsAgain: boolean): string | undefined {
  const { level, force } = input;
  const needed = levelOf(state, input, runsAgain);
  if (level !== undefined && level < needed)
    return `it takes level ${needed}, and level ${level} was asked for`;
  return force ? undefined : beyondType(state.submitted?.jobType ?? 'STANDARD', level ?? needed);
}

/** The nodes with those that have to run again with them, in the order of the graph. */
function withOthers(index: GraphIndex, state: ReadOnly<JobState>, failed: readonly JobNode[]): string[] {
  const again = new Set<number>();
  const add = (found: JobNode, next: (found: JobNode) => readonly number[]) => {
    const open = [found];
    for (let node = open.pop(); node; node = open.pop()) {
      if (again.has(node.i) && node !== found) continue;
      again.add(node.i);
      open.push(
        ...next(node)
          .map((i) => nodeAt(index, state, i))
          .filter((other) => isFailed(other) && !again.has(other.i)),
      );
    }
  };
  // What they need comes first: without it they would only be skipped again.
  for (const found of failed)
    add(found, ({ i, node }) => (node.item ? [node.item.parent] : (index.needs[i] ?? [])));
  for (const i of [...again]) {
    add(nodeAt(index, state, i), (above) => [...itemsOf(above, again), ...skippedBelow(index, state, above)]);
  }
  for (const i of cleanUpBehind(index, state, again)) again.add(i);
  return jobNodes(index, state)
    .filter(({ i }) => again.has(i))
    .map(({ id }) => id);
}

/** Of a fan-out that runs again all that failed; where an item of it was named, that one only. */
function itemsOf({ node }: JobNode, again: ReadonlySet<number>): number[] {
  const { first, total } = node.fanOut ?? { first: 0, total: 0 };
  const items = Array.from({ length: total }, (_, k) => first + k);
  return items.some((i) => again.has(i)) ? [] : items;
}

/** What needs a node and was skipped, for whatever reason. */
export function skippedBelow(index: GraphIndex, state: ReadOnly<JobState>, { i, node }: JobNode): number[] {
  return (index.dependents[node.item?.parent ?? i] ?? []).filter((d) => {
    const below = state.nodes[d];
    return below?.phase === 'final' && below.outcome === 'skipped';
  });
}
