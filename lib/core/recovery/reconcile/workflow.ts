import { nodeAnswers, startWorkflow } from '../../job/effects';
import { LIMITS } from '../../limits';
import type { ReadOnly } from '../../model/read-only';
import { contextOf, toJob } from './admission';
import { isOld, type Patience, type Repair } from './repair';
import type { SightedJob } from './sighted';

/** An entry that all answers, given again and again for so long, did not bring about is lost. In milliseconds. */
const ENTRY_LOST_MS = 30 * 60_000;
/** Answers that one repair gives again at most; those of the nearest nodes come first. */
const ANSWERS = 100;

type Job = SightedJob['job'];

/**
 * Nodes that the workflow has not entered though all that they need is final: it enters each as soon as that is answered,
 * so something got lost, or the workflow did. Their indexes.
 */
export function overdueNodes({ index, state }: Job, patience: Patience): readonly number[] {
  if (state.status !== 'running') return [];
  return index.graph.nodes.flatMap((_, i) => {
    const node = state.nodes[i];
    if (node?.phase !== 'waiting' || node.entered || node.waiting > 0) return [];
    return isOld(dueSince({ index, state }, i), patience) ? [i] : [];
  });
}

function dueSince({ index, state }: Pick<Job, 'index' | 'state'>, i: number): number | undefined {
  const finished = (index.needs[i] ?? []).map((need) => {
    const node = state.nodes[need];
    return node?.phase === 'final' ? node.finishedAt : 0;
  });
  const begun = Math.max(state.startedAt ?? 0, state.resumedAt ?? 0);
  return begun === 0 ? undefined : Math.max(begun, ...finished);
}

/** What the workflow waits for to enter a node: the final nodes before it, nearest first. O(nodes + edges). */
export function answeredBefore({ index, state }: Job, nodes: readonly number[]): readonly string[] {
  const seen = new Set<number>();
  let layer: readonly number[] = nodes;
  while (layer.length > 0) {
    const before = layer.flatMap((i) => index.needs[i] ?? []).filter((i) => !seen.has(i));
    for (const i of before) seen.add(i);
    layer = [...new Set(before)];
  }
  return [...seen]
    .filter((i) => state.nodes[i]?.phase === 'final')
    .slice(0, ANSWERS)
    .map((i) => index.graph.nodes[i]?.id ?? '');
}

/** The workflow of a job that runs, which still has nodes to enter. One that has ended and was told so waits for recovery. */
export function reconcileWorkflow(sighted: SightedJob, patience: Patience): Repair[] {
  const { jobId, job, execution } = sighted;
  const { state } = job;
  if (!execution || state.status !== 'running') return [];
  // What a cancellation ends is final by now: what is left outlives it.
  if (state.workflowEnded !== undefined) return [];
  const open = job.index.graph.nodes.filter((_, i) => isOpen(state.nodes[i]));
  const begun = Math.max(state.startedAt ?? 0, state.resumedAt ?? 0);
  if (open.length === 0 || !isOld(begun, patience)) return [];
  const { run = 1 } = state;
  const subject = { jobId };
  switch (execution.status) {
    case 'stopped':
      return [];
    case 'unstarted': {
      const why = 'the job runs, and no workflow was begun for it';
      return [{ kind: 'workflowUnstarted', why, subject, effect: startWorkflow(contextOf(sighted)) }];
    }
    case 'ended': {
      const isDone = execution.ending === 'succeeded';
      const status = isDone ? 'failed' : (execution.ending as Exclude<typeof execution.ending, 'succeeded'>);
      const missing = `the workflow came to its end before ${open.length} of the nodes`;
      const reason = (isDone ? missing : execution.reason).slice(0, LIMITS.reasonLength);
      const effect = toJob(jobId, { type: 'workflowEnded', status, reason, run });
      const why = `the workflow has ended (${reason}), and the job was not told`;
      return [{ kind: 'workflowEnded', why, subject, effect }];
    }
    case 'running':
      return entries(sighted, execution.id, patience);
  }
}

function isOpen(node: ReadOnly<Job['state']['nodes'][number]> | undefined): boolean {
  return node?.phase === 'waiting' && !node.entered;
}

/** The workflow lives, and does not go on. */
function entries(sighted: SightedJob, executionId: string, patience: Patience): Repair[] {
  const { jobId, job } = sighted;
  const overdue = overdueNodes(job, patience);
  if (overdue.length === 0) return [];
  const lost = overdueNodes(job, { ...patience, graceMs: Math.max(patience.graceMs, ENTRY_LOST_MS) });
  if (lost.length > 0) {
    const nodeId = job.index.graph.nodes[lost[0] ?? 0]?.id ?? '';
    const reason = `the workflow has not entered ${nodeId} within half an hour of the answers to all before it`;
    const subject = { jobId, nodeId };
    return [
      { kind: 'entryLost', why: reason, subject, effect: { kind: 'stopExecution', executionId, reason } },
      {
        ...{ kind: 'entryLost', why: reason, subject },
        effect: toJob(jobId, { type: 'workflowEnded', status: 'aborted', reason, run: job.state.run ?? 1 }),
      },
    ];
  }
  return answeredBefore(job, overdue).flatMap((nodeId) =>
    nodeAnswers(contextOf(sighted), nodeId).map((effect): Repair => {
      const why = 'the workflow waits for an answer that was given';
      return { kind: 'answerLost', why, subject: { jobId, nodeId }, effect };
    }),
  );
}
