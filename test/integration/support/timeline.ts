import { jobEventsResponse } from '../../../lib/contract/jobs';
import type { Api } from './api';

/** When a node started and was finished, by the clock of the engine (milliseconds) and by the place in the journal. */
export interface Run {
  readonly startedAt: number;
  readonly startedSeq: number;
  readonly finishedAt: number;
  readonly finishedSeq: number;
}

interface NodeEvent {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly data: { readonly nodeId?: string };
}

/** The whole journal of a job, page by page over REST. */
export async function eventsOf(api: Api, jobId: string): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  for (let from: number | undefined = 1; from !== undefined; ) {
    const { body } = await api.get(`/jobs/${jobId}/events?from=${from}&limit=1000`);
    const page = jobEventsResponse.parse(body);
    events.push(...(page.events as unknown as NodeEvent[]));
    from = page.next_from;
  }
  return events;
}

/** First start and end of every node. */
export function timeline(events: readonly NodeEvent[]): Map<string, Run> {
  const runs = new Map<string, Run>();
  const starts = new Map<string, NodeEvent>();
  for (const event of events) {
    const { nodeId } = event.data;
    if (nodeId === undefined) continue;
    if (event.type === 'attempt.started' && !starts.has(nodeId)) starts.set(nodeId, event);
    const start = starts.get(nodeId);
    if (event.type === 'node.completed' && start) {
      runs.set(nodeId, {
        startedAt: start.at,
        startedSeq: start.seq,
        finishedAt: event.at,
        finishedSeq: event.seq,
      });
    }
  }
  return runs;
}

/** Dependencies that were not kept, as `need -> node`. */
export function violations(
  nodes: readonly { readonly id: string; readonly needs: readonly string[] }[],
  runs: ReadonlyMap<string, Run>,
): string[] {
  return nodes.flatMap(({ id, needs }) =>
    needs.filter((need) => !follows(runs.get(id), runs.get(need))).map((need) => `${need} -> ${id}`),
  );
}

function follows(node: Run | undefined, need: Run | undefined): boolean {
  return (
    node !== undefined &&
    need !== undefined &&
    need.finishedSeq < node.startedSeq &&
    need.finishedAt <= node.startedAt
  );
}
