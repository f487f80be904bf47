import type { TriggerRule } from '../../core/dag/graph';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import { present } from '../../core/model/present';
import { DEFAULT_RECOVERY } from '../../core/model/recovery';
import type { RetryPolicy } from '../../core/model/retry-policy';
import type { Invariant } from './invariant';
import { resultOf, type SeenJob, type SeenNode, seenJobs, wasRefused } from './nodes';

/** Clocks of processes differ by at most this, milliseconds. */
const SKEW_MS = 4_000;

export const finishedOnce: Invariant = {
  name: 'finishedOnce',
  says: 'A node is final once, unless a person has it run again; a job too.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (event.type === 'job.submitted' && job.isAdmitted) given.broken(`${job.id} is submitted twice`);
      if (event.type === 'job.completed' && job.status !== undefined)
        given.broken(`${job.id} ends as ${event.data.status} and had ended as ${job.status}`);
      if (event.type === 'node.completed' && node?.outcome !== undefined)
        given.broken(`${job.id}/${node.id} ends as ${event.data.outcome} and had ended as ${node.outcome}`);
    }),
};

export const attemptsInOrder: Invariant = {
  name: 'attemptsInOrder',
  says: 'Attempts of a node are numbered without a gap, one is out at a time, and each ends once.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (!node) return;
      const of = `${job.id}/${node.id}`;
      switch (event.type) {
        case 'node.ready':
          if (event.data.attempt !== node.attempt + 1)
            given.broken(`${of} has attempt ${event.data.attempt} ready after ${node.attempt}`);
          if (node.isOut)
            given.broken(`${of} has another attempt ready though ${node.attempt} has not ended`);
          if (node.outcome !== undefined) given.broken(`${of} is ready though it is final`);
          break;
        case 'rollback.stepReady':
          if (event.data.attempt !== node.attempt + 1 || node.isOut)
            given.broken(`${of} has attempt ${event.data.attempt} to undo it ready after ${node.attempt}`);
          break;
        case 'rollback.stepStarted':
        case 'rollback.stepSucceeded':
        case 'rollback.stepFailed':
        case 'rollback.stepLost':
        case 'attempt.started':
        case 'attempt.succeeded':
        case 'attempt.failed':
        case 'attempt.lost':
          if (event.data.attempt !== node.attempt || !node.isOut)
            given.broken(
              `${of} has ${event.type} of ${event.data.attempt}, and ${node.attempt} is the latest`,
            );
          break;
        default:
      }
    }),
};

export const needsFirst: Invariant = {
  name: 'needsFirst',
  says: 'A node begins when all that it needs is final and its rule and condition hold, and is skipped only where they do not.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (!node || node.parent !== undefined) return;
      const begins = event.type === 'node.ready' || event.type === 'node.expanded';
      const isSkipped = event.type === 'node.completed' && event.data.outcome === 'skipped';
      if (!begins && !isSkipped) return;
      // What has begun goes on, though a person has run again what it needs.
      if (event.type === 'node.ready' && node.isJudged) return;
      const open = openNeeds(job, node);
      const of = `${job.id}/${node.id}`;
      if (open.length > 0) return given.broken(`${of} is judged before ${open.join(', ')}`);
      const holds =
        ruleHolds(node.spec.trigger, needsOf(job, node).map(resultOf)) && conditionHolds(job, node);
      if (begins && !holds) given.broken(`${of} begins though its rule or its condition does not hold`);
      if (isSkipped && holds && !/no items/.test(event.data.reason ?? ''))
        given.broken(`${of} is skipped though its rule and its condition hold`);
    }),
};

const needsOf = ({ nodes }: SeenJob, { spec }: SeenNode): SeenNode[] =>
  spec.needs.map((id) => nodes.get(id) as SeenNode);

const openNeeds = (job: SeenJob, node: SeenNode): string[] =>
  needsOf(job, node)
    .filter(({ outcome }) => outcome === undefined)
    .map(({ id }) => id);

/** Written down once more, so that a mistake in the engine's own is not made here too. */
function ruleHolds(rule: TriggerRule, results: readonly ('success' | 'failure' | 'skip')[]): boolean {
  const [all, none] = [results.length, results.length === 0];
  const count = (wanted: string) => results.filter((each) => each === wanted).length;
  const holds: Record<TriggerRule, boolean> = {
    all_success: count('success') === all,
    all_done: true,
    always: true,
    all_failed: count('failure') === all,
    one_success: none || count('success') > 0,
    one_failed: none || count('failure') > 0,
    none_failed: count('failure') === 0,
  };
  return holds[rule];
}

/** Of the conditions that the workload has. */
function conditionHolds({ nodes }: SeenJob, { spec }: SeenNode): boolean {
  const { when = 'true' } = spec;
  const [, of] = /^results\.(\w+)\.outputs\.flag = true$/.exec(when) ?? [];
  return of === undefined ? when === 'true' : nodes.get(of)?.outputs['flag'] === true;
}

export const budgetKept: Invariant = {
  name: 'budgetKept',
  says: 'A node fails as often as its retry budget has attempts before that is the reason to give it up, and goes on beyond that while its patience with what is outside lasts, and no longer; it is lost, or taken by no worker, no more often than the bounds.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (!node) return;
      const of = `${job.id}/${node.id}`;
      const isLoss = event.type === 'attempt.lost' || event.type === 'rollback.stepLost';
      const { losses } = node.spec.recovery ?? DEFAULT_RECOVERY;
      const { maxAttempts, patienceMs } = budgetOf(event, node);
      if (failedIn(event) && node.failures >= maxAttempts && patienceMs === undefined)
        given.broken(`${of} fails ${node.failures + 1} times, and its budget is ${maxAttempts}`);
      if (isAgain(event) && node.failures >= maxAttempts && !isWaitedOut(event, node))
        given.broken(`${of} is to be tried again after ${node.failures} failures of ${maxAttempts}`);
      const isOver = event.type === 'node.completed' || event.type === 'rollback.stepGivenUp';
      if (isOver && /attempts? failed|one attempt/.test(event.data.why ?? ''))
        if (node.failures < maxAttempts)
          given.broken(`${of} is given up after ${node.failures} failures of ${maxAttempts}`);
        else if (isPatientStill(event, node))
          given.broken(`${of} is given up while its patience with what is outside lasts`);
      if (!isLoss) return;
      const [count, most] = wasRefused(node, event) ? [node.refusals, REFUSALS] : [node.losses, losses];
      if (count >= most) given.broken(`${of} is lost ${count + 1} times`);
    }),
};

/** Attempts that no worker takes: docs/recovery.md. */
const REFUSALS = 15;

const failedIn = ({ type }: Recorded<JobEvent>): boolean =>
  type === 'attempt.failed' || type === 'rollback.stepFailed';

type Again = Extract<Recorded<JobEvent>, { type: 'node.retryScheduled' | 'rollback.stepScheduled' }>;

const isAgain = (event: Recorded<JobEvent>): event is Again =>
  event.type === 'node.retryScheduled' || event.type === 'rollback.stepScheduled';

/** What undoes a node is tried five times at least, and waits five minutes: docs/rollback.md. */
const UNDOING = { maxAttempts: 5, patienceMs: 300_000 };

function budgetOf({ type }: Recorded<JobEvent>, { spec }: SeenNode): Budget {
  const { maxAttempts, patienceMs } = spec.retry;
  if (!type.startsWith('rollback.')) return { maxAttempts, ...present({ patienceMs }) };
  return {
    maxAttempts: Math.max(maxAttempts, UNDOING.maxAttempts),
    patienceMs: Math.max(patienceMs ?? 0, UNDOING.patienceMs),
  };
}

type Budget = Pick<RetryPolicy, 'maxAttempts' | 'patienceMs'>;

const WAITED_OUT: ReadonlySet<string> = new Set(['dependency', 'network', 'rate-limit', 'timeout']);

/** It failed at what is outside, not long ago, and is left alone for half a minute. */
function isWaitedOut(event: Again, node: SeenNode): boolean {
  const { patienceMs = 0 } = budgetOf(event, node);
  const { failingSince = event.at, failedBy = 'unknown' } = node;
  if (!WAITED_OUT.has(failedBy) || event.data.delayMs < 30_000) return false;
  return event.data.dueAt <= failingSince + patienceMs + 2 * SKEW_MS;
}

/** A patient wait takes at most so long, or as long as the policy of the node has it. */
const PATIENT_WAIT_MS = 60_000;

/** Even the longest wait that it may have had would have ended within its patience. */
function isPatientStill(event: Recorded<JobEvent>, node: SeenNode): boolean {
  const { patienceMs } = budgetOf(event, node);
  const { failingSince = event.at, failedBy = 'unknown', spec } = node;
  if (patienceMs === undefined || !WAITED_OUT.has(failedBy)) return false;
  const longest = Math.max(PATIENT_WAIT_MS, spec.retry.maxDelayMs);
  return event.at + longest + 2 * SKEW_MS < failingSince + patienceMs;
}

export const waitsItsTime: Invariant = {
  name: 'waitsItsTime',
  says: 'A retry does not begin before it is due, unless a person says so.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (event.type !== 'node.ready' && event.type !== 'rollback.stepReady') return;
      if (node?.dueAt === undefined || event.actor.kind === 'user') return;
      if (event.at < node.dueAt - SKEW_MS)
        given.broken(`${job.id}/${node.id} begins ${node.dueAt - event.at} ms before it is due`);
    }),
};

export const stopsWhenCancelled: Invariant = {
  name: 'stopsWhenCancelled',
  says: 'Nothing of a cancelled job begins but what runs always.',
  watch: (given) =>
    seenJobs(given, (event, job, node) => {
      if (event.type !== 'node.ready' || !node || job.cancelReason === undefined) return;
      // What is lost while it is being cancelled comes to its end, and what was never admitted has nothing to clean up.
      if (node.spec.trigger === 'always' && job.isAdmitted) return;
      given.broken(`${job.id}/${node.id} begins though the job is cancelled`);
    }),
};

export const endsAsItsNodes: Invariant = {
  name: 'endsAsItsNodes',
  says: 'A job ends when all of its nodes have, and as they have: a cancelled one ends cancelled if anything was.',
  watch: (given) =>
    seenJobs(given, (event, job) => {
      if (event.type !== 'job.completed') return;
      const outcomes = [...job.nodes.values()].map(({ outcome }) => outcome);
      const open = outcomes.filter((outcome) => outcome === undefined).length;
      if (open > 0) given.broken(`${job.id} ends with ${open} nodes that have not`);
      const { status } = event.data;
      if (status !== expectedStatus(job, outcomes)) given.broken(`${job.id} ends as ${status}: ${outcomes}`);
    }),
};

function expectedStatus(job: SeenJob, outcomes: readonly (string | undefined)[]): string {
  if (job.onFailure === 'rollback' && job.failedFastBy !== undefined) return 'failed';
  const forward = forwardStatus(job, outcomes);
  // Of what was undone no success is left.
  return forward === 'succeeded' && job.rolledBackTo !== undefined ? 'cancelled' : forward;
}

function forwardStatus(job: SeenJob, outcomes: readonly (string | undefined)[]): string {
  if (job.cancelReason !== undefined && outcomes.includes('cancelled'))
    return job.isPastDeadline ? 'failed' : 'cancelled';
  return outcomes.includes('failed') ? 'failed' : 'succeeded';
}
