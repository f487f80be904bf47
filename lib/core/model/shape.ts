/** How deep lists and mappings lie in each other, and how many values there are, each of them counted. */
export interface Shape {
  readonly depth: number;
  readonly values: number;
}

const ENDLESS: Shape = { depth: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };
const SCALAR: Shape = { depth: 0, values: 1 };

/** A collection on the way down, and the shape of what was seen of it. */
interface Frame {
  readonly item: object;
  readonly members: readonly unknown[];
  next: number;
  depth: number;
  values: number;
}

/**
 * The shape of a value of any depth, without recursion. What several places share, as the aliases of YAML do, is
 * looked at once and counted wherever it stands; what lies inside itself is endless. O(values).
 */
export function shapeOf(value: unknown): Shape {
  if (!isCollection(value)) return SCALAR;
  const known = new Map<object, Shape>();
  const frames = [enter(value, known)];
  for (;;) {
    const frame = frames.at(-1) as Frame;
    if (frame.next < frame.members.length) {
      const member = frame.members[frame.next++];
      const shape = isCollection(member) ? known.get(member) : SCALAR;
      if (shape) add(frame, shape);
      else frames.push(enter(member as object, known));
      continue;
    }
    const shape = { depth: frame.depth + 1, values: frame.values };
    known.set(frame.item, shape);
    frames.pop();
    const parent = frames.at(-1);
    if (!parent) return shape;
    add(parent, shape);
  }
}

/** Whoever comes upon it before it is done is inside of it. */
function enter(item: object, known: Map<object, Shape>): Frame {
  known.set(item, ENDLESS);
  const members = Array.isArray(item) ? item : Object.values(item);
  return { item, members, next: 0, depth: 0, values: 1 };
}

function add(frame: Frame, { depth, values }: Shape): void {
  frame.depth = Math.max(frame.depth, depth);
  frame.values += values;
}

export function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
