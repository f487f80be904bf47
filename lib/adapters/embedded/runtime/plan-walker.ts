/** The part of Amazon States Language that compiled plans are made of. */
export interface AslState {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Branches?: readonly AslMachine[];
}

export interface AslMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

export interface Plan {
  readonly machines: readonly { readonly name: string; readonly definition: unknown }[];
}

/** What the walker needs to know and to do. Nodes by id. */
export interface WalkerPorts {
  /** `entered`: its fate will be answered. `final`: it is known already. */
  readonly look: (nodeId: string) => 'new' | 'entered' | 'final';
  readonly enter: (nodeId: string) => void;
  /** The walk is over: every node of the plan was final when it was reached or answered. */
  readonly ended: () => void;
}

export interface PlanWalker {
  /** Enters the nodes that nothing stands before. */
  readonly start: () => void;
  /** Goes on after a node whose fate is final. Answers that repeat, or that nobody waits for, change nothing. */
  readonly answer: (nodeId: string) => void;
}

const CHILD = 'arn:aws:states:::states:startExecution';
const MACHINE = /\$\{machine:([^}]+)\}/;

interface Position {
  readonly machine: AslMachine;
  readonly state: string;
  readonly done: () => void;
}

/**
 * Runs a compiled plan as Step Functions would: node by node in series, branches at once, child machines inside.
 * It holds positions only. What a node's fate is, and whether it may run yet, is the scheduler's business; nodes
 * that are final when the walk reaches them are passed, so a walk begun anew after a crash finds its place.
 * Each state is visited once: O(states) over the whole walk.
 */
export function createPlanWalker(plan: Plan, ports: WalkerPorts): PlanWalker {
  const machines = new Map(plan.machines.map(({ name, definition }) => [name, definition as AslMachine]));
  const waiting = new Map<string, () => void>();
  // Positions to visit; a list rather than recursion, as a plan may hold thousands of states in series.
  const next: Position[] = [];
  let draining = false;

  function drain(): void {
    if (draining) return;
    draining = true;
    for (let position = next.pop(); position; position = next.pop()) visit(position);
    draining = false;
  }

  function visit(position: Position): void {
    const state = stateOf(position.machine, position.state);
    const leave = () => {
      if (state.Next === undefined) position.done();
      else next.push({ ...position, state: state.Next });
    };
    if (state.Type === 'Parallel') fork(state.Branches ?? [], leave);
    else if (state.Type === 'Task' && state.Resource?.startsWith(CHILD)) {
      fork([childOf(machines, position.state, state)], leave);
    } else if (state.Type !== 'Task' || isStructure(position.state)) leave();
    else enterNode(position.state, leave);
  }

  function fork(branches: readonly AslMachine[], leave: () => void): void {
    let open = branches.length;
    if (open === 0) leave();
    const done = () => {
      open -= 1;
      if (open === 0) leave();
    };
    for (const machine of [...branches].reverse()) next.push({ machine, state: machine.StartAt, done });
  }

  function enterNode(nodeId: string, leave: () => void): void {
    const found = ports.look(nodeId);
    if (found === 'final') leave();
    else waiting.set(nodeId, leave);
    if (found === 'new') ports.enter(nodeId);
  }

  return {
    start() {
      const root = plan.machines.find(({ name }) => name === 'root') ?? plan.machines[0];
      if (!root) return;
      const machine = root.definition as AslMachine;
      next.push({ machine, state: machine.StartAt, done: ports.ended });
      drain();
    },
    answer(nodeId) {
      const leave = waiting.get(nodeId);
      if (!leave) return;
      waiting.delete(nodeId);
      leave();
      drain();
    },
  };
}

/** States with a `#` in their name are no nodes, whose ids cannot hold that character. */
function isStructure(name: string): boolean {
  return name.includes('#');
}

function stateOf(machine: AslMachine, name: string): AslState {
  const state = Object.hasOwn(machine.States, name) ? machine.States[name] : undefined;
  if (!state) throw new Error(`the plan has no state ${name}`);
  return state;
}

function childOf(machines: ReadonlyMap<string, AslMachine>, name: string, state: AslState): AslMachine {
  const child = MACHINE.exec(JSON.stringify(state))?.[1];
  const machine = child === undefined ? undefined : machines.get(child);
  if (!machine) throw new Error(`state ${name} starts a state machine that the plan lacks: ${child}`);
  return machine;
}
