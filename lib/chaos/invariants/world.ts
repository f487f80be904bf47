import { isRepriseError } from '../../core/errors';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import { attemptKey, type NodeAttempt } from '../../core/model/attempt';
import type { Outcome } from '../../core/model/outcome';
import type { PoolEvent } from '../../core/scheduler/events';
import { type Invariant, onEvents } from './invariant';

export const startsOnce: Invariant = {
  name: 'startsOnce',
  says: 'An attempt begins once, on one worker, and that one has its lease.',
  watch(given) {
    const began = new Map<string, string>();
    const leased = new Map<string, string>();
    const pool = onEvents<PoolEvent>('pool', ({ type, data }) => {
      if (type === 'lease.granted') leased.set(attemptKey(data), data.workerId);
    });
    return {
      ...pool,
      began(ref, workerId) {
        const key = attemptKey(ref);
        const before = began.get(key);
        if (before !== undefined) given.broken(`${key} begins on ${workerId} and had begun on ${before}`);
        if (leased.get(key) !== workerId)
          given.broken(`${key} begins on ${workerId}, which has no lease of it`);
        began.set(key, workerId);
      },
    };
  },
};

/** Events that say how an attempt went. */
const REPORTED: Readonly<Record<string, 'succeeded' | 'failed'>> = {
  'attempt.succeeded': 'succeeded',
  'attempt.failed': 'failed',
  'rollback.stepSucceeded': 'succeeded',
  'rollback.stepFailed': 'failed',
};

export const reportsAreTrue: Invariant = {
  name: 'reportsAreTrue',
  says: 'An attempt succeeds or fails in the journal only where it did on its worker.',
  watch(given) {
    const ends = new Map<string, string>();
    return {
      ended: (ref, how) => void ends.set(attemptKey(ref), how),
      appended(stream, events) {
        if (!stream.startsWith('job/')) return;
        for (const { type, data } of events as readonly Recorded<JobEvent>[]) {
          const said = REPORTED[type];
          if (said === undefined) continue;
          const { nodeId, attempt } = data as NodeAttempt;
          const key = attemptKey({ nodeId, attempt, jobId: stream.slice('job/'.length) });
          const how = ends.get(key);
          if (how !== said) given.broken(`${key}: ${type}, and on its worker it ${how ?? 'goes on'}`);
        }
      },
    };
  },
};

/** How a node has ended so far, more than once where it ran again. */
interface Fates {
  readonly all: Outcome[];
  isOpen: boolean;
}

export const answersAgree: Invariant = {
  name: 'answersAgree',
  says: 'Who waits with a token for the fate of a node hears one that it had since, and the workflow ends as its job does.',
  watch(given) {
    const nodes = new Map<string, Fates>();
    /** By token, how many fates of its node were past when it was entered with it. */
    const since = new Map<string, number>();
    /** How jobs ended; one that was undone or went on, more than once. */
    const endings = new Map<string, Set<string>>();
    const fatesOf = (key: string): Fates => {
      const fates = nodes.get(key) ?? { all: [], isOpen: true };
      nodes.set(key, fates);
      return fates;
    };
    return {
      answered(jobId, { nodeId, token, outcome, reason }) {
        // An execution that another one took the place of is sent on its way.
        if (token === undefined || /^another execution/.test(reason ?? '')) return;
        const key = `${jobId}/${nodeId}`;
        // Whoever stood still may say late what was true then: nobody waits any more, or goes on too early at most.
        const had = fatesOf(key).all.slice(since.get(token) ?? 0);
        if (!had.includes(outcome)) given.broken(`${key} is answered ${outcome} and ended as ${had}`);
      },
      appended(stream, events) {
        const jobId = stream.slice('job/'.length);
        for (const { type, data } of events as readonly Recorded<JobEvent>[]) {
          if (type === 'job.completed')
            endings.set(stream, (endings.get(stream) ?? new Set()).add(data.status));
          if (type === 'node.completed' || type === 'node.overruled') {
            const fates = fatesOf(`${jobId}/${data.nodeId}`);
            fates.all.push(data.outcome);
            fates.isOpen = false;
          }
          if (type === 'node.entered' && data.token !== undefined) {
            const { all, isOpen } = fatesOf(`${jobId}/${data.nodeId}`);
            since.set(data.token, isOpen ? all.length : all.length - 1);
          }
          if (type === 'job.resumed') for (const id of data.nodes) fatesOf(`${jobId}/${id}`).isOpen = true;
        }
      },
      workflowEnded(jobId, status) {
        const own = endings.get(`job/${jobId}`);
        if (!own?.has(status))
          given.broken(`the workflow of ${jobId} ends as ${status}, and the job as ${[...(own ?? [])]}`);
      },
    };
  },
};

export const nothingUnforeseen: Invariant = {
  name: 'nothingUnforeseen',
  says: 'What goes wrong in the engine is an error of its catalogue, and a message that it cannot handle hurts no other.',
  watch: (given) => ({
    broke(error, doing) {
      const said =
        error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : error;
      given.broken(`${doing}: ${said}`);
    },
    poisoned({ to, message }, error, isOurs) {
      if (isOurs) return;
      const why = isRepriseError(error) ? `${error.code}: ${error.message}` : String(error);
      given.broken(`${message.type} for ${to.kind}/${to.id} is given up: ${why}`);
    },
  }),
};
