import type { StateMachineDefinition } from './asl';
import { callback, OUTCOME } from './states';

/**
 * The graph runner, the machine that runs any graph: it enters all of its nodes with one message, leaves their order to
 * the engine, and ends as the job ends. Input: `{jobId}`.
 *
 * Not a Map over the nodes: that would be a message, a task token and two transitions a node, and an input with the ids
 * of all.
 */
export function graphRunnerDefinition(): StateMachineDefinition {
  return {
    Comment: 'Runs any graph: every dependency is enforced by the engine',
    StartAt: OUTCOME,
    States: { [OUTCOME]: { ...callback({ type: 'allEntered' }), End: true } },
  };
}
