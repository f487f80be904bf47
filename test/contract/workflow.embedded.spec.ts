import { createLocalWorkflow } from '../../lib/adapters/embedded/runtime/workflow';
import { createMemoryWorkflow } from '../../lib/adapters/memory/workflow';
import { graphHash } from '../../lib/core/dag/hash';
import { planOf } from '../../lib/core/dag/plan/plan-only';
import { EMPTY_HEAD } from '../../lib/core/journal/envelope';
import type { JobDriver } from '../support/job-driver';
import { describeWorkflow, type Told } from './workflow.contract';

const until = async (condition: () => Promise<boolean>, what: string) => {
  // What one round tells may be answered in the next; nothing else goes on meanwhile.
  for (let round = 0; round < 100; round++) if (await condition()) return;
  throw new Error(`nothing is left to do, and in vain for ${what}`);
};

describeWorkflow('this process', async () => {
  const jobs = new Map<string, JobDriver>();
  const told: Told[] = [];
  const workflow = createLocalWorkflow({
    async view(jobId) {
      const { state, index } = jobs.get(jobId) as JobDriver;
      return { state, index, head: EMPTY_HEAD, traceId: undefined };
    },
    compile: ({ index }) => planOf(index.graph),
    enter: (jobId, nodeId) => void told.push({ jobId, message: { type: 'nodeEntered', nodeId } }),
  });
  return {
    ...{ workflow, until },
    async submit(jobId, job) {
      jobs.set(jobId, job);
      return graphHash(job.graph);
    },
    told: async () => told,
  };
});

describeWorkflow('memory', async () => {
  const graphs = new Map<string, readonly string[]>();
  const told: Told[] = [];
  const workflow = createMemoryWorkflow({
    nodesOf: (hash) => graphs.get(hash) ?? [],
    tell: (jobId, message) => void told.push({ jobId, message }),
  });
  return {
    ...{ workflow, until },
    async submit(_, { graph }) {
      const nodes = graph.nodes.map(({ id }) => id);
      graphs.set(graphHash(graph), nodes);
      return graphHash(graph);
    },
    told: async () => told,
  };
});
