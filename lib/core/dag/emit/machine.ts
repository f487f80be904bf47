import type { Structure } from '../plan/structure';
import { type State, type StateMachineDefinition, type Step, stateTable } from './asl';
import {
  branchBytes,
  commentBytes,
  END_BYTES,
  machineBytes,
  nameBytes,
  nodeBytes,
  OUTCOME_BYTES,
  parallelBytes,
} from './bytes';
import { HISTORY_EVENTS } from './quotas';
import { endState, machineState, nodeState, OUTCOME, outcomeState, parallelState } from './states';

/** One state machine of a graph, with what an execution of it takes. */
export interface Machine {
  readonly name: string;
  readonly definition: StateMachineDefinition;
  /** Bytes of the definition with the longest queue URL and machine ARNs put in. */
  readonly definitionBytes: number;
  /** States entered when every node succeeds. */
  readonly stateTransitions: number;
  /** Events in the history of an execution when every node fails, the longest case; without retried calls. */
  readonly historyEvents: number;
}

/** What names and counts while a graph is emitted: names of structure states differ over all its machines. */
interface Emission {
  readonly ids: readonly string[];
  readonly parallels: { count: number };
  transitions: number;
  events: number;
  bytes: number;
}

/**
 * The state machines of a structure: `root` first, then each `machine` in it. Depth of recursion is that of the
 * structure, which the compiler bounds.
 * @param ids ids of the nodes by index.
 */
export function emitMachines(structure: Structure, ids: readonly string[], title: string): Machine[] {
  const parallels = { count: 0 };
  const found = new Map<string, Structure>();
  collectMachines(structure, found);
  return [...found].map(([name, body]) => {
    const comment = `${title}, ${name}`;
    const { execution } = HISTORY_EVENTS;
    const emission: Emission = {
      ids,
      parallels,
      transitions: 0,
      events: execution,
      bytes: commentBytes(comment),
    };
    const branch = emitBranch(body, emission, name === ROOT ? OUTCOME : undefined);
    if (name === ROOT) {
      put(branch.States, { name: OUTCOME, state: outcomeState(), bytes: OUTCOME_BYTES }, emission);
      count(emission, HISTORY_EVENTS.task);
    }
    const { transitions: stateTransitions, events: historyEvents, bytes: definitionBytes } = emission;
    return {
      name,
      definition: { Comment: comment, ...branch },
      definitionBytes,
      stateTransitions,
      historyEvents,
    };
  });
}

const ROOT = 'root';

function collectMachines(structure: Structure, found: Map<string, Structure>): void {
  found.set(ROOT, structure);
  const stack: Structure[] = [structure];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.kind === 'machine') {
      found.set(next.name, next.body);
      stack.push(next.body);
    } else if (next.kind !== 'node') {
      for (let i = next.parts.length - 1; i >= 0; i--) stack.push(next.parts[i]!);
    }
  }
}

/** @param last the state after the branch's own; undefined when the branch ends with them. */
function emitBranch(
  structure: Structure,
  emission: Emission,
  last: string | undefined,
): { StartAt: string; States: Record<string, State> } {
  const steps = (structure.kind === 'series' ? structure.parts : [structure]) as readonly Step[];
  const names = steps.map((step) => nameOf(step, emission));
  const states = stateTable();
  emission.bytes += branchBytes(names[0]!);
  for (let i = 0; i < steps.length; i++) {
    emitStep(steps[i]!, { name: names[i]!, next: names[i + 1] ?? last }, states, emission);
  }
  return { StartAt: names[0]!, States: states };
}

function nameOf(step: Step, { ids, parallels }: Emission): string {
  if (step.kind === 'node') return ids[step.node]!;
  return step.kind === 'machine' ? `machine#${step.name}` : `parallel#${++parallels.count}`;
}

/** @param next the state after it, undefined where a branch ends. */
function emitStep(
  step: Step,
  { name, next }: { readonly name: string; readonly next: string | undefined },
  states: Record<string, State>,
  emission: Emission,
): void {
  switch (step.kind) {
    case 'node': {
      const end = `${name}#end`;
      put(states, { name, state: nodeState(name, next, end), bytes: nodeBytes(name, next, end) }, emission);
      count(emission, HISTORY_EVENTS.task);
      if (next !== undefined) return;
      // A Catch needs a state to go to; it is entered only when the last node of a branch does not succeed.
      put(states, { name: end, state: endState(), bytes: END_BYTES }, emission);
      emission.events += HISTORY_EVENTS.pass;
      return;
    }
    case 'machine':
      put(states, { name, state: machineState(step.name, next), bytes: machineBytes(next) }, emission);
      count(emission, HISTORY_EVENTS.task);
      return;
    case 'parallel': {
      count(emission, HISTORY_EVENTS.parallel);
      const branches = step.parts.map((part) => emitBranch(part, emission, undefined));
      const bytes = parallelBytes(branches.length, next);
      put(states, { name, state: parallelState(branches, next), bytes }, emission);
    }
  }
}

interface Named {
  readonly name: string;
  readonly state: State;
  readonly bytes: number;
}

function put(states: Record<string, State>, { name, state, bytes }: Named, emission: Emission): void {
  states[name] = state;
  emission.bytes += nameBytes(name) + bytes;
}

function count(emission: Emission, events: number): void {
  emission.transitions += 1;
  emission.events += events;
}
