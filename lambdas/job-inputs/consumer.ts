import type { JobEngine, MessageEnvelope } from '../../lib/core/engine/jobs';
import type { JobMessage } from '../../lib/core/messages/job';
import type { Grouped } from '../runtime/groups';
import { parseJobInput } from '../shared/inputs';
import { count } from '../runtime/telemetry';

/** Decides a job's inputs: one load, one fold and one append for all of a batch. */
export function jobInputs(jobs: Pick<JobEngine, 'handle'>): Grouped<MessageEnvelope<JobMessage>> {
  return {
    parse: parseJobInput,
    async handle(jobId, messages) {
      await jobs.handle(jobId, messages);
      count('InputsDecided', messages.length);
    },
  };
}
