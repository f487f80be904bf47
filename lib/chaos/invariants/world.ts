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

export const answersAgree: Invariant = {
  name: 'answersAgree',
  says: 'Who waits with a token for the fate of a node hears one, the one that it had, and the workflow ends as its job does.',
  watch(given) {
    const answers = new Map<string, Outcome>();
    /** What was told to each token first: whoever waited with it heard that, and hears nothing more. */
    const heard = new Map<string, Outcome>();
    /** How nodes ended; one that ran again, more than once. */
    const outcomes = new Map<string, Set<Outcome>>();
    /** How jobs ended; one that was undone or went on, more than once. */
    const endings = new Map<string, Set<string>>();
    return {
      answered(jobId, { nodeId, token, outcome, reason }) {
        // An execution that another one took the place of is sent on its way.
        if (token === undefined || /^another execution/.test(reason ?? '')) return;
        const key = `${jobId}/${nodeId}`;
        if (!outcomes.get(key)?.has(outcome))
          given.broken(`${key} is answered ${outcome} and ended as ${[...(outcomes.get(key) ?? [])]}`);
        // Whoever stood still before it answered does so late, and says the same to nobody.
        if (heard.get(token) === outcome) return;
        if (!heard.has(token)) heard.set(token, outcome);
        const before = answers.get(key);
        if (before !== undefined && before !== outcome)
          given.broken(`${key} is answered ${outcome} and was answered ${before}`);
        answers.set(key, outcome);
      },
      appended(stream, events) {
        for (const { type, data } of events as readonly Recorded<JobEvent>[]) {
          if (type === 'job.completed')
            endings.set(stream, (endings.get(stream) ?? new Set()).add(data.status));
          if (type === 'node.completed') {
            const key = `${stream.slice('job/'.length)}/${data.nodeId}`;
            outcomes.set(key, (outcomes.get(key) ?? new Set()).add(data.outcome));
          }
          if (type === 'node.overruled') {
            const key = `${stream.slice('job/'.length)}/${data.nodeId}`;
            outcomes.set(key, (outcomes.get(key) ?? new Set()).add(data.outcome));
            answers.delete(key);
          }
          // Whoever waited has its answer. A node that runs again may be entered with the same token once more, late.
          if (type === 'job.resumed')
            for (const id of data.nodes) answers.delete(`${stream.slice('job/'.length)}/${id}`);
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
