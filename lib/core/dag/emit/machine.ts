import type { Structure } from '../plan/structure';
import { type Branch, type State, type StateMachineDefinition, type Step, stateTable } from './asl';
import { HISTORY_EVENTS, LONGEST_MACHINE_ARN, LONGEST_QUEUE_URL } from './quotas';
import {
  endState,
  machineArn,
  machineState,
  nodeState,
  OUTCOME,
  outcomeState,
  parallelState,
  QUEUE_URL,
} from './states';

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
  readonly machines: string[];
  transitions: number;
  events: number;
  /** Placeholders of the queue's URL. */
  urls: number;
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
    const emission: Emission = {
      ids,
      parallels,
      machines: [],
      transitions: 0,
      events: HISTORY_EVENTS.execution,
      urls: 0,
    };
    const branch = emitBranch(body, emission, name === ROOT ? OUTCOME : undefined);
    if (name === ROOT) {
      (branch.States as Record<string, State>)[OUTCOME] = outcomeState();
      emission.urls += 1;
      count(emission, HISTORY_EVENTS.task);
    }
    const definition = { Comment: `${title}, ${name}`, ...branch };
    const { transitions, events } = emission;
    const definitionBytes = deployedBytes(definition, emission);
    return { name, definition, definitionBytes, stateTransitions: transitions, historyEvents: events };
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
function emitBranch(structure: Structure, emission: Emission, last: string | undefined): Branch {
  const steps = (structure.kind === 'series' ? structure.parts : [structure]) as readonly Step[];
  const names = steps.map((step) => nameOf(step, emission));
  const states = stateTable();
  steps.forEach((step, i) => {
    emitStep(step, names[i]!, names[i + 1] ?? last, { states, emission });
  });
  return { StartAt: names[0]!, States: states };
}

function nameOf(step: Step, { ids, parallels }: Emission): string {
  if (step.kind === 'node') return ids[step.node]!;
  return step.kind === 'machine' ? `machine#${step.name}` : `parallel#${++parallels.count}`;
}

function emitStep(
  step: Step,
  name: string,
  next: string | undefined,
  { states, emission }: { states: Record<string, State>; emission: Emission },
): void {
  switch (step.kind) {
    case 'node': {
      const end = `${name}#end`;
      states[name] = nodeState(name, next, end);
      emission.urls += 1;
      count(emission, HISTORY_EVENTS.task);
      if (next !== undefined) return;
      // A Catch needs a state to go to; it is entered only when the last node of a branch does not succeed.
      states[end] = endState();
      emission.events += HISTORY_EVENTS.pass;
      return;
    }
    case 'machine':
      states[name] = machineState(step.name, next);
      emission.machines.push(step.name);
      count(emission, HISTORY_EVENTS.task);
      return;
    case 'parallel':
      count(emission, HISTORY_EVENTS.parallel);
      states[name] = parallelState(
        step.parts.map((part) => emitBranch(part, emission, undefined)),
        next,
      );
  }
}

function count(emission: Emission, events: number): void {
  emission.transitions += 1;
  emission.events += events;
}

/** Definitions are ASCII: characters are bytes. */
function deployedBytes(definition: StateMachineDefinition, { urls, machines }: Emission): number {
  const arns = machines.reduce((sum, name) => sum + LONGEST_MACHINE_ARN - machineArn(name).length, 0);
  return JSON.stringify(definition).length + urls * (LONGEST_QUEUE_URL - QUEUE_URL.length) + arns;
}
