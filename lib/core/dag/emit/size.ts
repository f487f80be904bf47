import type { Structure } from '../plan/structure';
import { HISTORY_EVENTS, LONGEST_MACHINE_ARN, LONGEST_QUEUE_URL } from './quotas';
import { endState, machineState, nodeState, OUTCOME, outcomeState, parallelState, QUEUE_URL } from './states';

/** What a part adds to a machine, never less than what it really does: see `Machine`. */
export interface Size {
  readonly bytes: number;
  readonly events: number;
}

const URL_GROWTH = LONGEST_QUEUE_URL - QUEUE_URL.length;

/** Room for the numbers in names of structure states. */
const LONGEST_STRUCTURE_NAME = 'machine#part-99999'.length;

/** Sizes in the machines of one graph. */
export interface Sizing {
  /** What a part takes beside the parts inside it. */
  readonly own: (part: Structure) => Size;
  /** What every machine takes beside its parts, the comment and the root's last state included. */
  readonly machine: Size;
  /** What starting another machine takes. */
  readonly reference: Size;
}

/** @param ids ids of the nodes by index. */
export function sizing(ids: readonly string[]): Sizing {
  const longestId = ids.reduce((most, id) => Math.max(most, id.length), 0);
  // A node's `#end` state has the longest name that follows from its id.
  const name = 'n'.repeat(Math.max(longestId + '#end'.length, LONGEST_STRUCTURE_NAME));
  const node = entry('', nodeState('', name, name)) + URL_GROWTH;
  const branch = JSON.stringify({ StartAt: name, States: {} }).length + 1 + entry(name, endState());
  const parallel = entry(name, parallelState([], name));
  const reference: Size = {
    bytes: entry(name, machineState('', name)) + LONGEST_MACHINE_ARN,
    events: HISTORY_EVENTS.task,
  };
  const own = (part: Structure): Size => {
    switch (part.kind) {
      case 'node':
        // The id is the state's name and stands in the message.
        return { bytes: node + 2 * ids[part.node]!.length, events: HISTORY_EVENTS.task };
      case 'series':
        return { bytes: 0, events: 0 };
      case 'parallel':
        return {
          bytes: parallel + part.parts.length * branch,
          events: HISTORY_EVENTS.parallel + part.parts.length * HISTORY_EVENTS.pass,
        };
      case 'machine':
        return reference;
    }
  };
  return {
    own,
    reference,
    machine: {
      bytes: branch + COMMENT + entry(OUTCOME, outcomeState()) + URL_GROWTH,
      events: HISTORY_EVENTS.execution + HISTORY_EVENTS.task + HISTORY_EVENTS.pass,
    },
  };
}

/** Room for a machine's comment. */
const COMMENT = 256;

/** `"name":{...},` */
function entry(name: string, state: unknown): number {
  return JSON.stringify(name).length + JSON.stringify(state).length + 2;
}
