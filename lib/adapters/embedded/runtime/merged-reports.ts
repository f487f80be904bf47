import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testName } from '../../../core/history/test-key';
import type { JobEvent, NodeCompleted } from '../../../core/job/events';
import type { Recorded } from '../../../core/journal/envelope';
import { historiesOf } from '../../../reports/history';
import { writeCtrf } from '../../../reports/write-ctrf';
import { writeJUnit } from '../../../reports/write-junit';
import type { Layout } from '../disk/layout';
import { PRIVATE_FILE } from '../disk/privacy';
import { keptResults } from './kept-results';

/** The reports of a node whose attempts are one. */
export interface MergedReports {
  readonly junit: string;
  readonly ctrf: string;
  /** Names of the tests that failed and then passed, the first ones of many. */
  readonly flaky: readonly string[];
}

/** Writes one report of all attempts of a node when the node ends, in `reports/` of its job. */
export interface ReportMerger {
  readonly apply: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
  /** Of the nodes that ended since this was made, by node id. */
  readonly written: (jobId: string) => ReadonlyMap<string, MergedReports>;
  readonly forget: (jobId: string) => void;
}

interface JobReports {
  /** Nodes that run again in an ended job: what they did before is not the same try of the same input. */
  readonly begun: Set<string>;
  /** Of a job that went over to another graph: nodes that did not run again, or have begun to. */
  settled?: Set<string>;
  readonly firstAttempts: Map<string, number>;
  readonly written: Map<string, MergedReports>;
  /** The last attempt of a node that has no tests: of such nobody has to look for a file that is not there. */
  readonly testless: Map<string, number>;
}

export function createReportMerger(
  layout: Layout,
  onFailure: (nodeId: string, error: unknown) => void = reportUnmerged,
): ReportMerger {
  const jobs = new Map<string, JobReports>();

  function jobOf(jobId: string): JobReports {
    const known = jobs.get(jobId);
    if (known) return known;
    const fresh: JobReports = {
      begun: new Set(),
      firstAttempts: new Map(),
      written: new Map(),
      testless: new Map(),
    };
    jobs.set(jobId, fresh);
    return fresh;
  }

  function note(jobId: string, event: Recorded<JobEvent>): void {
    if (event.type === 'job.replanned') jobOf(jobId).settled = new Set(event.data.keeps);
    if (event.type === 'job.resumed') {
      for (const nodeId of event.data.nodes) jobOf(jobId).begun.add(nodeId);
    }
    if (event.type === 'node.ready' && beginsAgain(jobs.get(jobId), event.data.nodeId)) {
      jobOf(jobId).firstAttempts.set(event.data.nodeId, event.data.attempt);
    }
    if (event.type === 'attempt.succeeded' && !event.data.tests) {
      jobOf(jobId).testless.set(event.data.nodeId, event.data.attempt);
    }
    if (event.type === 'node.completed' && event.data.attempts > 0) complete(jobId, event.data, event.at);
  }

  function complete(jobId: string, { nodeId, attempts }: NodeCompleted, at: number): void {
    const job = jobs.get(jobId);
    const first = job?.firstAttempts.get(nodeId) ?? 1;
    const numbers = Array.from({ length: attempts - first + 1 }, (_, i) => first + i);
    const testless = job?.testless.get(nodeId);
    job?.testless.delete(nodeId);
    try {
      const tested = numbers.filter((attempt) => attempt !== testless);
      const merged = merge(layout, { jobId, nodeId, attempts: tested, at });
      if (merged) jobOf(jobId).written.set(nodeId, merged);
    } catch (error) {
      // The node has ended as its journal says; a full disk is no reason for its job to end otherwise.
      onFailure(nodeId, error);
    }
  }

  return {
    apply(jobId, events) {
      for (const event of events) note(jobId, event);
    },
    written: (jobId) => jobs.get(jobId)?.written ?? new Map(),
    forget: (jobId) => void jobs.delete(jobId),
  };
}

/** Whether it is the first attempt of a node that runs again. */
function beginsAgain(job: JobReports | undefined, nodeId: string): boolean {
  if (!job) return false;
  const isNext = job.settled?.has(nodeId) === false;
  job.settled?.add(nodeId);
  return job.begun.delete(nodeId) || isNext;
}

/** How many flaky tests of a node are named beside its reports, which have them all. */
const FLAKY_NAMED = 10;

interface Tested {
  readonly jobId: string;
  readonly nodeId: string;
  readonly attempts: readonly number[];
  /** When the node ended, milliseconds since the epoch. */
  readonly at: number;
}

function merge(layout: Layout, { at, ...node }: Tested): MergedReports | undefined {
  const { jobId, nodeId } = node;
  const attempts = keptResults(layout, node);
  if (attempts.length === 0) return undefined;
  const start = Math.min(at, ...attempts.map(({ startedAt }) => startedAt));
  const dir = layout.reports(jobId);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const titled = { name: nodeId, tests: historiesOf(attempts) };
  const flaky = titled.tests.filter(({ isFlaky }) => isFlaky).map(({ id }) => testName(id));
  const merged = {
    ...{ junit: join(dir, `${nodeId}.xml`), ctrf: join(dir, `${nodeId}.ctrf.json`) },
    flaky: flaky.slice(0, FLAKY_NAMED),
  };
  writeFileSync(merged.junit, writeJUnit(titled), { mode: PRIVATE_FILE });
  writeFileSync(merged.ctrf, writeCtrf(titled, { start, stop: at }), { mode: PRIVATE_FILE });
  return merged;
}

/** The attempts stand as they do: that their reports stay apart is no reason to fail anything. */
function reportUnmerged(nodeId: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`reprise: the reports of ${nodeId} could not be merged: ${why}\n`);
}
