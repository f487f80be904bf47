import type { GraphIndex } from '../dag/graph-index';
import type { Decider } from '../journal/decider';
import { decideJob } from './decide';
import type { JobEvent } from './events';
import { evolveJob } from './evolve';
import type { JobInput } from './input';
import { initialJob, type JobState } from './state';

/** The behaviour of one job over its graph. */
export function jobDecider(index: GraphIndex): Decider<JobState, JobInput, JobEvent> {
  return {
    initial: () => initialJob(index),
    decide: (state, input) => decideJob(index, state, input),
    evolve: (state, event, at) => evolveJob(index, state, event, at),
  };
}
