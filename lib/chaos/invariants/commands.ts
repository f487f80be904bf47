import type { JobEvent } from '../../core/job/events';
import { streamOf } from '../../core/messages/address';
import { type Invariant, onEvents } from './invariant';

/** What a command must have left in the journal of its job, at the latest when it counts as handled. */
const LEAVES: Readonly<Record<string, JobEvent['type']>> = {
  submit: 'job.submitted',
  cancel: 'job.cancelRequested',
  pause: 'job.paused',
  deadlineDue: 'job.cancelRequested',
};

export const commandsHaveEffect: Invariant = {
  name: 'commandsHaveEffect',
  says: 'Once a command is handled, the journal of its job has what it asks for, or the job was over by then.',
  watch(given) {
    const left = new Map<string, Set<string>>();
    const over = new Set<string>();
    /** What is being undone is undone to the end, whoever cancels it. */
    const undoing = new Set<string>();
    const events = onEvents<JobEvent>('job', ({ type }, id) => {
      const known = left.get(id) ?? new Set();
      left.set(id, known.add(type));
      if (type === 'job.completed') over.add(id);
      if (type === 'rollback.started') undoing.add(id);
    });
    return {
      ...events,
      handled(deliveries) {
        for (const { to, message } of deliveries) {
          const wanted = to.kind === 'job' ? LEAVES[message.type] : undefined;
          if (wanted === undefined || over.has(to.id) || undoing.has(to.id)) continue;
          const known = left.get(to.id);
          if (!known && wanted !== 'job.submitted') continue;
          if (!known?.has(wanted))
            given.broken(`${message.type} of ${streamOf(to)} is handled, and there is no ${wanted}`);
        }
      },
    };
  },
};
