import type { JobEngine, MessageEnvelope } from '../../lib/core/engine/jobs';
import type { JobMessage } from '../../lib/core/job/inputs';
import type { Grouped } from '../shared/groups';
import { parseJobInput } from '../shared/inputs';
import { count } from '../shared/telemetry';

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
