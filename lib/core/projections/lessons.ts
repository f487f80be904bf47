import type { Graph } from '../dag/graph';
import type { AttemptSample, HistoryUpdate, RetrySample } from '../history/samples';
import { type FailedTests, namedTest, namesAll } from '../history/test-key';
import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { LIMITS } from '../limits';
import type { NodeAttempt } from '../model/attempt';
import type { Diagnosis } from '../model/failure';
import { createNodeInputs } from './node-inputs';

/** What a job measured, gathered event by event, from its first on. */
export interface Lessons {
  readonly apply: (event: Recorded) => void;
  /** What is known so far; undefined where the job was not submitted yet. */
  readonly update: () => HistoryUpdate | undefined;
}

/** The strategy of a retry whose event names none: the same again, where the pool likes. */
const AGAIN = 'again';

type Ended = Extract<JobEvent, { type: 'attempt.succeeded' | 'attempt.failed' }>['data'];
type Pending = Pick<RetrySample, 'signature' | 'class' | 'strategy' | 'waitedMs' | 'attempt'>;
type Scheduled = NodeAttempt & { readonly delayMs: number; readonly strategy?: string };

/**
 * What later jobs can learn from a job: how its attempts ended, and what its retries came to.
 * @param graph that the job was submitted with.
 * @param graphOf finds one that it goes over to, before the event that says so is applied.
 */
export function createLessons(graph: Graph, graphOf?: (hash: string) => Graph | undefined): Lessons {
  const inputs = createNodeInputs(graph, graphOf);
  const diagnoses = new Map<string, Diagnosis>();
  const pending = new Map<string, Pending>();
  const attempts: AttemptSample[] = [];
  const retries: RetrySample[] = [];
  let job: Pick<HistoryUpdate, 'jobId' | 'owner'> | undefined;

  function ended(data: Ended, at: number): void {
    const spec = inputs.specOf(data.nodeId);
    if (!spec || !job || attempts.length >= LIMITS.jobSamples) return;
    const passed = !('failure' in data);
    // Somebody ended it: it might as well have passed.
    if (!passed && data.failure.kind === 'cancelled') return;
    const { nodeId, attempt, durationMs, tests } = data;
    const of = { jobId: job.jobId, nodeId, attempt, at };
    attempts.push({ ...of, ...inputs.hashesOf(spec), passed, durationMs, ...testsOf(passed, tests) });
    const retry = pending.get(nodeId);
    pending.delete(nodeId);
    if (retry?.attempt !== attempt) return;
    retries.push({
      ...of,
      ...retry,
      resolved: passed,
      spentMs: durationMs,
      slotMs: durationMs * spec.slots,
    });
  }

  function scheduled({ nodeId, attempt, delayMs, strategy = AGAIN }: Scheduled): void {
    const diagnosis = diagnoses.get(nodeId);
    if (!diagnosis) return;
    const { signature, class: failureClass } = diagnosis;
    pending.set(nodeId, { signature, class: failureClass, strategy, waitedMs: delayMs, attempt });
  }

  return {
    apply(recorded) {
      const event = recorded as Recorded<JobEvent>;
      switch (event.type) {
        case 'job.submitted':
          job = { jobId: event.stream.slice('job/'.length), owner: event.data.owner };
          break;
        case 'attempt.succeeded':
          ended(event.data, event.at);
          break;
        case 'attempt.failed':
          ended(event.data, event.at);
          if (event.data.diagnosis) diagnoses.set(event.data.nodeId, event.data.diagnosis);
          else diagnoses.delete(event.data.nodeId);
          break;
        case 'node.retryScheduled':
          scheduled(event.data);
      }
      inputs.apply(event);
    },
    update: () => job && { ...job, attempts: [...attempts], retries: [...retries] },
  };
}

function testsOf(
  passed: boolean,
  tests: FailedTests | undefined,
): Pick<AttemptSample, 'failed' | 'partial' | 'rerun'> {
  if (!tests) return {};
  const rerun = tests.rerun === undefined ? {} : { rerun: true as const };
  if (passed || tests.failed.length === 0) return rerun;
  const isWhole = namesAll(tests) && tests.failed.length <= LIMITS.sampleTests;
  const failed = tests.failed.slice(0, LIMITS.sampleTests).map(namedTest);
  return { ...rerun, failed, ...(isWhole ? {} : { partial: true }) };
}
