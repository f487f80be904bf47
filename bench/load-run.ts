import { createFileGraphStore } from '../lib/adapters/embedded/disk/graph-store';
import { createFileJournalStore } from '../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../lib/adapters/embedded/disk/layout';
import { createEmbeddedRuntime } from '../lib/adapters/embedded/runtime/runtime';
import { memoryConditions } from '../lib/adapters/memory/conditions';
import { planOf } from '../lib/core/dag/plan/plan-only';
import type { JobEvent } from '../lib/core/job/events';
import type { Recorded } from '../lib/core/journal/envelope';
import type { AttemptRef } from '../lib/core/model/attempt';
import { attemptKey } from '../lib/core/model/attempt';
import type { OnReport, TestExecutionEngine } from '../lib/core/ports/execution';
import type { FleetJob, FleetWorker } from '../test/support/fleet';
import type { AttemptTimes } from './load-waits';

export interface LoadRecord {
  /** From the call to the journal on the disk, milliseconds, one a job. */
  readonly submits: number[];
  readonly attempts: AttemptTimes[];
  /** From the first submission to the end of the last job, milliseconds. */
  readonly makespanMs: number;
}

type Draft = { -readonly [K in keyof AttemptTimes]?: AttemptTimes[K] };

/**
 * All jobs at once on one embedded runtime with its journal on the disk, on workers that are timers of this
 * process, in real time. Everything is timed from outside: by what the journal says and by what reaches the nodes.
 */
export async function runLoad(
  jobs: readonly FleetJob[],
  nodes: readonly FleetWorker[],
  dir: string,
): Promise<LoadRecord> {
  const drafts = new Map<string, Draft>();
  const submits: number[] = [];
  const specs = new Map(
    jobs.map(({ jobId, graph }) => [jobId, new Map(graph.nodes.map((node) => [node.id, node]))]),
  );
  const draftOf = (ref: AttemptRef): Draft => {
    const key = attemptKey(ref);
    const spec = specs.get(ref.jobId)?.get(ref.nodeId);
    const known = drafts.get(key) ?? { labels: spec?.labels ?? [], slots: spec?.slots ?? 1 };
    drafts.set(key, known);
    return known;
  };
  /** When the last of a node's needs reported its end. */
  const neededAt = ({ jobId, nodeId, attempt }: AttemptRef): number | undefined => {
    const needs = specs.get(jobId)?.get(nodeId)?.needs ?? [];
    const ends = needs.map((need) => draftOf({ jobId, nodeId: need, attempt }).endedAt ?? 0);
    return ends.length === 0 ? undefined : Math.max(...ends);
  };
  const layout = layoutOf(dir);
  const journal = createFileJournalStore(layout, { log: true });
  const runtime = createEmbeddedRuntime({
    conditions: memoryConditions,
    journal,
    graphs: createFileGraphStore(layout.graphs),
    executor: (onReport) =>
      timerNodes(onReport, {
        durationOf: ({ jobId, nodeId }) => specs.get(jobId)?.get(nodeId)?.durationMs ?? 0,
        assigned(ref) {
          const [draft, needed] = [draftOf(ref), neededAt(ref)];
          draft.assignedAt = Date.now();
          if (needed !== undefined) draft.neededAt = needed;
        },
        ended(ref) {
          draftOf(ref).endedAt = Date.now();
        },
      }),
    compile: planOf,
    workers: nodes,
    clock: Date.now,
    random: Math.random,
    onEvents(jobId, events) {
      for (const event of events as readonly Recorded<JobEvent>[]) {
        if (event.type === 'job.submitted') submits.push(performance.now() - begun);
        const { nodeId, attempt, workerId } = event.data as Partial<AttemptRef & { workerId: string }>;
        if (nodeId === undefined || attempt === undefined) continue;
        if (event.type === 'node.ready') draftOf({ jobId, nodeId, attempt }).readyAt = event.at;
        if (event.type === 'attempt.started' && workerId !== undefined) {
          draftOf({ jobId, nodeId, attempt }).workerId = workerId;
        }
      }
    },
  });
  const begun = performance.now();
  const ends = jobs.map(async ({ jobId, graph, owner, priority }) => {
    await runtime.submit(jobId, { graph, owner, priority });
    const { state } = await runtime.finished(jobId);
    if (state.status !== 'succeeded') throw new Error(`${jobId} ${state.status}`);
  });
  await Promise.all(ends);
  const makespanMs = performance.now() - begun;
  runtime.close();
  await journal.close();
  return { submits, attempts: [...drafts.values()].map(whole), makespanMs };
}

interface Hooks {
  readonly durationOf: (ref: AttemptRef) => number;
  readonly assigned: (ref: AttemptRef) => void;
  readonly ended: (ref: AttemptRef) => void;
}

/** Workers that run nothing, each attempt for as long as its graph says. */
function timerNodes(onReport: OnReport, { durationOf, assigned, ended }: Hooks): TestExecutionEngine {
  return {
    async submit({ jobId, nodeId, attempt }) {
      const ref = { jobId, nodeId, attempt };
      assigned(ref);
      onReport(ref, { type: 'started' });
      const durationMs = durationOf(ref);
      const end = () => {
        ended(ref);
        onReport(ref, { type: 'succeeded', durationMs, outputs: {} });
      };
      if (durationMs === 0) end();
      else setTimeout(end, durationMs);
    },
    status: async () => 'unknown',
    cancel: async () => undefined,
    results: async () => undefined,
  };
}

function whole(draft: Draft): AttemptTimes {
  const { workerId, labels, slots, readyAt, assignedAt, endedAt } = draft;
  if (
    workerId === undefined ||
    labels === undefined ||
    slots === undefined ||
    readyAt === undefined ||
    assignedAt === undefined ||
    endedAt === undefined
  ) {
    throw new Error(`an attempt was not seen to its end: ${JSON.stringify(draft)}`);
  }
  const { neededAt } = draft;
  const needed = neededAt === undefined ? {} : { neededAt };
  return { workerId, labels, slots, readyAt, assignedAt, endedAt, ...needed };
}
