import type { Workflow } from '../../../core/ports/effects';
import type { JobFold } from '../../../core/ports/streams';
import { createPlanWalker, type Plan, type PlanWalker } from './plan-walker';

export interface LocalWorkflowDeps {
  readonly view: (jobId: string) => Promise<JobFold>;
  readonly compile: (view: JobFold) => Plan;
  readonly enter: (jobId: string, nodeId: string) => void;
}

export interface LocalWorkflow extends Workflow {
  /** Forgets where a job stands, before it starts anew. */
  readonly forget: (jobId: string) => void;
}

/** In the place of a walk that is not to begin or to go on any more. */
const STOPPED: PlanWalker = { start: () => undefined, answer: () => undefined };

/** The walk of the latest run of a job. */
interface Walk {
  readonly run: number;
  readonly walker: PlanWalker;
}

/** Walks the plan of each job in this process. */
export function createLocalWorkflow(deps: LocalWorkflowDeps): LocalWorkflow {
  const walks = new Map<string, Walk>();
  const hasBegun = (jobId: string, run: number) => (walks.get(jobId)?.run ?? 0) >= run;
  return {
    async start(jobId, _graphHash, run) {
      if (hasBegun(jobId, run)) return;
      const view = await deps.view(jobId);
      // Started, or stopped, meanwhile.
      if (hasBegun(jobId, run)) return;
      const { state, index } = view;
      const walker = createPlanWalker(deps.compile(view), {
        // The fold changes in place, so this sees the node as it is when the walk reaches it.
        look(nodeId) {
          const node = state.nodes[index.indexOf.get(nodeId) ?? -1];
          if (!node) throw new Error(`the plan names node ${nodeId}, which the graph lacks`);
          if (node.phase === 'final') return 'final';
          return node.entered ? 'entered' : 'new';
        },
        enter: (nodeId) => deps.enter(jobId, nodeId),
        ended() {
          if (state.remaining > 0)
            throw new Error(`the plan of job ${jobId} misses ${state.remaining} nodes`);
        },
      });
      walks.set(jobId, { run, walker });
      walker.start();
    },
    async answerNode(jobId, { nodeId }) {
      walks.get(jobId)?.walker.answer(nodeId);
    },
    // Nobody waits for the outcome here: the runtime's listeners see the job end.
    async answerOutcome() {},
    async stop(jobId, _reason, run) {
      // A later run is another walk.
      if ((walks.get(jobId)?.run ?? 0) <= run) walks.set(jobId, { run, walker: STOPPED });
    },
    forget: (jobId) => void walks.delete(jobId),
  };
}
