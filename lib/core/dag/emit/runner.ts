import type { StateMachineDefinition } from './asl';
import { URL_GROWTH } from './bytes';
import type { Machine } from './machine';
import { ROOT_MACHINE } from './machine-names';
import { HISTORY_EVENTS } from './quotas';
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

/** The graph runner as the one machine of a graph. */
export function runnerMachine(): Machine {
  const definition = graphRunnerDefinition();
  return {
    name: ROOT_MACHINE,
    definition,
    definitionBytes: JSON.stringify(definition).length + URL_GROWTH,
    stateTransitions: 1,
    historyEvents: HISTORY_EVENTS.execution + HISTORY_EVENTS.task,
  };
}
