import { type State, type StateMachineDefinition, stateTable, type TaskState } from './asl';
import { callback, caught, OUTCOME, outcomeState } from './states';

/**
 * The graph runner, the machine that runs any graph: input `{jobId, nodes: [id, ...]}`, every dependency residual. The
 * nodes must be in topological order: where not all of them are entered at once, the ones entered can then always go on.
 *
 * INLINE enters 40 nodes at a time and shares one history (10 events a node, so about 2,400 nodes); DISTRIBUTED
 * enters 10,000, each in a child execution with a history of its own.
 */
export function graphRunnerDefinition(options: { mode: 'INLINE' | 'DISTRIBUTED' }): StateMachineDefinition {
  const { mode } = options;
  const done = 'node#end';
  const inside = stateTable();
  // Outputs of iterations add up in the Map's result, which must stay under 256 KiB: hand on nothing.
  inside['node#enter'] = {
    ...callback({ type: 'nodeEntered', 'nodeId.$': '$.nodeId' }),
    OutputPath: null,
    Catch: caught(done),
    End: true,
  } as TaskState;
  inside[done] = { Type: 'Pass', OutputPath: null, End: true };
  const states: Record<string, State> = stateTable();
  states['#nodes'] = {
    Type: 'Map',
    ItemsPath: '$.nodes',
    ItemSelector: { 'jobId.$': '$.jobId', 'nodeId.$': '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: mode === 'INLINE' ? { Mode: mode } : { Mode: mode, ExecutionType: 'STANDARD' },
      StartAt: 'node#enter',
      States: inside,
    },
    MaxConcurrency: 0,
    ResultPath: null,
    Next: OUTCOME,
  };
  states[OUTCOME] = outcomeState();
  return {
    Comment: 'Runs any graph: every dependency is enforced by the engine',
    StartAt: '#nodes',
    States: states,
  };
}
