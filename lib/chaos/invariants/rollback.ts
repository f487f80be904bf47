import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Invariant } from './invariant';
import { replayedJobs, type SeenJob, type SeenNode, type SeenRollback, seenJobs } from './nodes';

type Started = Extract<Recorded<JobEvent>, { type: 'rollback.started' }>;

export const undoneOnce: Invariant = {
  name: 'undoneOnce',
  says: 'Undone is what succeeded, says how it is undone and is not undone yet: each time once, in one rollback at a time.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (event.type === 'rollback.started') return started(event, job, given.broken);
      if (event.type !== 'rollback.stepReady' || !node) return;
      const of = `${job.id}/${node.id}`;
      if (!job.rollback?.nodes.includes(node.id)) given.broken(`${of} is undone though no rollback says so`);
      const over = job.rollback?.over.get(node.id);
      if (over !== undefined) given.broken(`${of} is undone again though it is ${over}`);
    }),
};

function started(
  { data: { nodes, to = 0, order } }: Started,
  job: SeenJob,
  broken: (detail: string) => void,
): void {
  if (job.rollback) broken(`${job.id} is rolled back within a rollback`);
  if (nodes.length === 0 || new Set(nodes).size < nodes.length)
    broken(`${job.id} undoes ${nodes.join(', ') || 'nothing'}`);
  const open = [...job.nodes.values()].filter(({ outcome, isOut }) => outcome === undefined || isOut);
  if (open.length > 0) broken(`${job.id} is rolled back before ${open.map(({ id }) => id)} have ended`);
  for (const id of nodes) {
    const node = job.nodes.get(id);
    if (!isUndoable(node, to)) broken(`${job.id}/${id} is undone, ${node?.undone ?? node?.outcome} as it is`);
    if (order !== undefined && node?.undone !== 'parked')
      broken(`${job.id}/${id} is undone again, and was not parked`);
  }
}

function isUndoable(node: SeenNode | undefined, to: number): boolean {
  if (!node?.spec.compensate || node.isFannedOut || node.undone === 'undone') return false;
  return node.outcome === 'succeeded' && (node.endedSeq ?? 0) > to;
}

export const undoneInOrder: Invariant = {
  name: 'undoneInOrder',
  says: 'What was complete last is undone first, and nothing before all that needs it, near or far, has been.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (event.type === 'rollback.started') {
        const ends = event.data.nodes.map((id) => job.nodes.get(id)?.endedSeq ?? 0);
        if (ends.some((seq, i) => i > 0 && seq >= (ends[i - 1] as number)))
          given.broken(`${job.id} undoes ${event.data.nodes}, which ended at ${ends}`);
      }
      if (event.type !== 'rollback.stepReady' || !node || !job.rollback) return;
      const early = waitedFor(job, node, job.rollback);
      if (early.length > 0) given.broken(`${job.id}/${node.id} is undone before ${early}, which need it`);
    }),
};

/** What needs a node, near or far, and is still to be undone. */
function waitedFor({ nodes }: SeenJob, node: SeenNode, { nodes: undone, over }: SeenRollback): string[] {
  const below = new Set([node.parent ?? node.id]);
  for (const id of below)
    for (const other of nodes.values())
      if (other.parent === undefined && other.spec.needs.includes(id)) below.add(other.id);
  below.delete(node.parent ?? node.id);
  return undone.filter((id) => !over.has(id) && below.has(nodes.get(id)?.parent ?? id));
}

/** What goes on with a job, and has no place in a rollback. */
const FORWARD: ReadonlySet<string> = new Set(['node.ready', 'node.completed', 'job.completed']);

export const rollbacksEnd: Invariant = {
  name: 'rollbacksEnd',
  says: 'A rollback ends when each of its steps is undone or parked, and says which; where a graph asks for it, nothing that could be undone is left.',
  watch: (given) =>
    seenJobs(given, (event, job) => {
      const { rollback } = job;
      // Of one whose process died the next one goes on.
      const isForward = event.type === 'job.resumed' ? event.data.nodes.length > 0 : FORWARD.has(event.type);
      if (rollback && isForward) given.broken(`${event.type} of ${job.id} within a rollback`);
      if (event.type === 'rollback.completed') {
        const { undone, parked } = event.data;
        const told = new Map([
          ...undone.map((id) => [id, 'undone']),
          ...parked.map((id) => [id, 'parked']),
        ] as [string, string][]);
        const differs = rollback?.nodes.some((id) => told.get(id) !== rollback.over.get(id));
        if (!rollback || differs || told.size !== rollback.nodes.length)
          given.broken(`the rollback of ${job.id} ends as ${[...told]}, of ${[...(rollback?.over ?? [])]}`);
      }
      if (event.type === 'job.completed' && event.data.status === 'failed') nothingLeft(job, given.broken);
    }),
  atEnd(rest, given) {
    for (const { id, rollback } of replayedJobs(rest, given).values())
      if (rollback)
        given.broken(
          `the rollback of ${id} never ends: ${rollback.nodes.filter((each) => !rollback.over.has(each))}`,
        );
  },
};

/**
 * Of a job that its graph has rolled back; one that a person had undone in part is as that person wanted it, also where there
 * was nothing to undo.
 */
function nothingLeft(job: SeenJob, broken: (detail: string) => void): void {
  if (job.onFailure !== 'rollback' || (job.rolledBackTo ?? job.rollbackAsked ?? 0) > 0) return;
  const left = [...job.nodes.values()].filter((node) => isUndoable(node, 0) && node.undone === undefined);
  if (left.length > 0) broken(`${job.id} has failed, and ${left.map(({ id }) => id)} could be undone`);
}
