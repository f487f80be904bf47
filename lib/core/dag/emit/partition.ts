import { RepriseError } from '../../errors';
import { type Structure, walk } from '../plan/structure';
import { HISTORY_SHARE, type MachineLimits } from './quotas';
import { type Size, type Sizing, sizing } from './size';

/** A part that can be cut between the parts inside it. */
type Group = Extract<Structure, { parts: readonly Structure[] }>;

interface Packing {
  readonly rules: Sizing;
  readonly capacity: Size;
  readonly sizes: Map<Structure, Size>;
  machines: number;
}

/**
 * The same structure with parts moved into machines of their own until each machine, the outermost too, keeps its
 * limits. Consecutive parts of a series, or parts of a parallel, fill a machine together; the last ones stay where
 * they are. No order changes. O(parts), recursion as deep as the structure.
 * @throws RepriseError GRAPH_TOO_LARGE when the limits do not even hold two references to machines.
 */
export function partition(structure: Structure, ids: readonly string[], limits: MachineLimits): Structure {
  const rules = sizing(ids);
  const capacity: Size = {
    bytes: limits.definitionBytes - rules.machine.bytes,
    events: Math.floor(limits.historyEvents * HISTORY_SHARE) - rules.machine.events,
  };
  const packing: Packing = { rules, capacity, sizes: new Map(), machines: 0 };
  for (const part of walk(structure).reverse()) packing.sizes.set(part, sizeOf(part, packing));
  return fit(structure, packing);
}

function sizeOf(part: Structure, { rules, sizes }: Packing): Size {
  const own = rules.own(part);
  if (part.kind === 'machine' || part.kind === 'node') return own;
  let { bytes, events } = own;
  for (const child of part.parts) {
    const size = sizes.get(child)!;
    bytes += size.bytes;
    events += size.events;
  }
  return { bytes, events };
}

function fit(part: Structure, packing: Packing): Structure {
  const { capacity, sizes } = packing;
  if (within(sizes.get(part)!, capacity)) return part;
  if (part.kind === 'node' || part.kind === 'machine') throw tooSmall();
  let whole: Group = { kind: part.kind, parts: part.parts.map((child) => fit(child, packing)) };
  for (let size = sizeOf(whole, packing); !within(size, capacity); ) {
    whole = { kind: part.kind, parts: moveOut(whole, packing) };
    const smaller = sizeOf(whole, packing);
    if (smaller.bytes >= size.bytes) throw tooSmall();
    size = smaller;
  }
  sizes.set(whole, sizeOf(whole, packing));
  return whole;
}

/** Fills machines from the front until what is left fits beside the references to them. */
function moveOut(whole: Group, packing: Packing): Structure[] {
  const { capacity, sizes } = packing;
  const kept: Structure[] = [];
  let rest = [...whole.parts];
  const restFits = () => {
    const left: Group = { kind: whole.kind, parts: [...kept, ...rest] };
    return within(sizeOf(left, packing), capacity);
  };
  while (rest.length > 0 && !restFits()) {
    let taken = 1;
    for (let most = rest.length; taken < most; ) {
      const middle = Math.ceil((taken + most) / 2);
      const body: Structure = { kind: whole.kind, parts: rest.slice(0, middle) };
      if (within(sizeOf(body, packing), capacity)) taken = middle;
      else most = middle - 1;
    }
    const parts = rest.slice(0, taken);
    const body: Structure = parts.length === 1 ? parts[0]! : { kind: whole.kind, parts };
    sizes.set(body, sizes.get(body) ?? sizeOf(body, packing));
    rest = rest.slice(taken);
    // A machine for one node would not make this one smaller.
    kept.push(body.kind === 'machine' || body.kind === 'node' ? body : machineOf(body, packing));
  }
  return [...kept, ...rest];
}

function machineOf(body: Structure, packing: Packing): Structure {
  const machine: Structure = { kind: 'machine', name: `part-${++packing.machines}`, body };
  packing.sizes.set(machine, packing.rules.reference);
  return machine;
}

function within(size: Size, capacity: Size): boolean {
  return size.bytes <= capacity.bytes && size.events <= capacity.events;
}

function tooSmall(): RepriseError {
  return new RepriseError(
    'GRAPH_TOO_LARGE',
    'the limits of a state machine are too small to split the graph',
  );
}
