import type { GraphIndex } from '../dag/graph-index';
import type { Decider } from '../journal/decider';
import type { ReadOnly } from '../model/read-only';
import { decideJob } from './decide';
import type { JobEvent } from './events';
import { evolveJob } from './evolve';
import type { JobInput } from './input';
import { initialJob, type JobState } from './state';

/** Finds the index of a graph. @throws where nobody has made it ready. */
export type IndexOf = (graphHash: string) => GraphIndex;

/**
 * The behaviour of one job over its graph.
 * @param first of the graph that the job was submitted with.
 * @param others of graphs that it goes over to.
 */
export function jobDecider(
  first: GraphIndex,
  others: IndexOf = unknownGraph,
): Decider<JobState, JobInput, JobEvent> {
  const indexOf = (graphHash: string) => (graphHash === first.hash ? first : others(graphHash));
  return {
    initial: () => initialJob(first),
    decide: (state, input) => decideJob(followed(first, others, state), state, input),
    evolve: (state, event, at) => {
      return evolveJob({ index: followed(first, others, state), indexOf }, state, event, at);
    },
  };
}

/** The graph that a job follows where it stands. */
export function followed(first: GraphIndex, others: IndexOf, { graphHash }: ReadOnly<JobState>): GraphIndex {
  return graphHash === undefined || graphHash === first.hash ? first : others(graphHash);
}

function unknownGraph(graphHash: string): never {
  throw new Error(`the graph ${graphHash} was not made ready`);
}
