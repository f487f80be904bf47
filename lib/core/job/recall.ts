import type { GraphIndex } from '../dag/graph-index';
import type { Recorded } from '../journal/envelope';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import { nodeById } from './nodes';
import type { JobState } from './state';

/**
 * The state with the tokens that answers to these events need and the fold has let go of. Reads the journal only where
 * there is one: where answers were left undone for long.
 */
export async function recallTokens(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { events, read }: { events: readonly JobEvent[]; read: () => AsyncIterable<Recorded> },
): Promise<ReadOnly<JobState>> {
  const answered = events.flatMap(({ type, data }) =>
    type === 'node.completed' || type === 'node.entered' ? [data.nodeId] : [],
  );
  return recallTokensOf(index, state, { nodeIds: answered, read });
}

/** The same, of nodes by their ids. */
export async function recallTokensOf(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { nodeIds, read }: { nodeIds: Iterable<string>; read: () => AsyncIterable<Recorded> },
): Promise<ReadOnly<JobState>> {
  const wanted = new Map<string, number>();
  for (const nodeId of nodeIds) {
    const found = nodeById(index, state, nodeId);
    if (found?.node.tokenLeft) wanted.set(nodeId, found.i);
  }
  if (wanted.size === 0) return state;
  const nodes = [...state.nodes];
  for await (const event of read()) {
    const { type, data } = event as Recorded<JobEvent>;
    if (type !== 'node.entered' || data.token === undefined) continue;
    const i = wanted.get(data.nodeId);
    const node = i === undefined ? undefined : nodes[i];
    // The last one that was given is the one that waits.
    if (i !== undefined && node) nodes[i] = { ...node, token: data.token };
  }
  return { ...state, nodes };
}
