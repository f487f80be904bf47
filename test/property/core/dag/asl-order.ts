import type { Branch, State, StateMachineDefinition } from '../../../../lib/core/dag/emit/asl';
import type { Graph } from '../../../../lib/core/dag/graph';

/** A relation over nodes: `rows[b]` has bit a when node a is before node b. */
export interface Order {
  readonly ids: readonly string[];
  readonly rows: readonly Uint32Array[];
}

interface Emitted {
  readonly machines: readonly { readonly name: string; readonly definition: StateMachineDefinition }[];
  readonly residual: Readonly<Record<string, readonly string[]>>;
}

/**
 * The order that the emitted text enforces, read as AWS would run it and without any of the compiler's own code:
 * from StartAt along Next, into branches and nested machines. Throws on what AWS would refuse or run differently.
 */
export function enforcedOrder({ machines, residual }: Emitted, ids: readonly string[]): Order {
  const order = emptyOrder(ids);
  const number = new Map(ids.map((id, i) => [id, i]));
  const definitions = new Map(machines.map(({ name, definition }) => [name, definition]));
  const entered = new Set<string>();
  const root = definitions.get('root');
  if (!root) throw new Error('no root machine');
  const read: Reading = { order, number, definitions, entered };
  readBranch(root, read, new Set());
  if (entered.size !== ids.length) throw new Error(`${entered.size} of ${ids.length} nodes are entered`);
  for (const id of Object.keys(residual)) {
    for (const need of residual[id] as readonly string[]) set(order, number.get(need)!, number.get(id)!);
  }
  return closed(order);
}

/** The order of the graph itself. */
export function graphOrder(graph: Graph, ids: readonly string[]): Order {
  const order = emptyOrder(ids);
  const number = new Map(ids.map((id, i) => [id, i]));
  for (const node of graph.nodes)
    for (const need of node.needs) set(order, number.get(need)!, number.get(node.id)!);
  return closed(order);
}

/** Pairs that one order has and the other has not, as `a < b`, a few of them. */
export function difference(a: Order, b: Order): string[] {
  const found: string[] = [];
  a.rows.forEach((row, second) => {
    row.forEach((word, k) => {
      const other = b.rows[second]?.[k] ?? 0;
      for (let bit = 0; word !== other && bit < 32 && found.length < 5; bit++) {
        if (((word ^ other) >>> bit) & 1) {
          const extra = (word >>> bit) & 1 ? 'only the first' : 'only the second';
          found.push(`${a.ids[k * 32 + bit]} < ${a.ids[second]} (${extra})`);
        }
      }
    });
  });
  return found;
}

interface Reading {
  readonly order: Order;
  readonly number: ReadonlyMap<string, number>;
  readonly definitions: ReadonlyMap<string, StateMachineDefinition>;
  readonly entered: Set<string>;
}

/** Nodes entered in a branch; adds the pairs between its consecutive states. Names are unique per machine. */
function readBranch(branch: Branch, read: Reading, names: Set<string>): number[] {
  const nodes: number[] = [];
  const visited = new Set<string>();
  for (let name: string | undefined = branch.StartAt; name !== undefined; ) {
    const state: State | undefined = branch.States[name];
    if (!state || visited.has(name)) throw new Error(`${name} is missing or entered twice`);
    visited.add(name);
    const inside = readState(name, state, read, { branch, names });
    for (const before of nodes) for (const after of inside) set(read.order, before, after);
    for (const node of inside) nodes.push(node);
    name = 'Next' in state ? state.Next : undefined;
  }
  for (const name of Object.keys(branch.States)) {
    if (names.has(name)) throw new Error(`the name ${name} is there twice`);
    if (name.length > 80) throw new Error(`the name ${name} is too long`);
    names.add(name);
    const isEnd = branch.States[name]?.Type === 'Pass';
    if (!visited.has(name) && !isEnd) throw new Error(`${name} is never entered`);
  }
  return nodes;
}

function readState(
  name: string,
  state: State,
  read: Reading,
  { branch, names }: { branch: Branch; names: Set<string> },
): number[] {
  if (state.Type === 'Parallel') return state.Branches.flatMap((inner) => readBranch(inner, read, names));
  if (state.Type !== 'Task') throw new Error(`unexpected ${state.Type}`);
  if (state.Resource.startsWith('arn:aws:states:::states:startExecution')) {
    const machine = /^\$\{machine:(.+)\}$/.exec(String(state.Parameters.StateMachineArn))?.[1] ?? '';
    const definition = read.definitions.get(machine);
    if (!definition) throw new Error(`no machine ${machine}`);
    return readBranch(definition, read, new Set());
  }
  if (name === '#outcome') return [];
  const node = read.number.get(name);
  if (node === undefined || read.entered.has(name)) throw new Error(`${name} is no node, or entered twice`);
  read.entered.add(name);
  checkCatch(state, branch);
  const body = state.Parameters.MessageBody as { message: { nodeId: string } };
  if (body.message.nodeId !== name) throw new Error(`${name} enters ${body.message.nodeId}`);
  return [node];
}

/** A failed node leads where a successful one leads. */
function checkCatch(state: Extract<State, { Type: 'Task' }>, branch: Branch): void {
  const target = state.Catch?.[0]?.Next ?? '';
  if ('Next' in state && state.Next === target) return;
  const end = branch.States[target];
  if (!('Next' in state) && end?.Type === 'Pass' && 'End' in end) return;
  throw new Error(`a failed node leads to ${target}`);
}

function emptyOrder(ids: readonly string[]): Order {
  const words = (ids.length + 31) >>> 5;
  return { ids, rows: ids.map(() => new Uint32Array(words)) };
}

function set({ rows }: Order, before: number, after: number): void {
  const row = rows[after] as Uint32Array;
  row[before >>> 5] = (row[before >>> 5] as number) | (1 << (before & 31));
}

/** Warshall's closure, a word at a time. */
function closed(order: Order): Order {
  const { rows } = order;
  for (let via = 0; via < rows.length; via++) {
    const through = rows[via] as Uint32Array;
    for (const row of rows) {
      if (((row[via >>> 5] as number) >>> (via & 31)) & 1) {
        for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) | (through[k] as number);
      }
    }
  }
  return order;
}
