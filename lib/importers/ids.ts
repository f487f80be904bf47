import { LIMITS } from '../core/limits';

/** A name as a node's id: what an id may not hold becomes a hyphen, and the length is cut. */
export function sanitiseId(name: string, fallback = 'node'): string {
  const id = name
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LIMITS.idLength);
  let end = id.length;
  while (id[end - 1] === '-') end--;
  return end === 0 ? fallback : id.slice(0, end);
}

/** Gives each name an id of its own; a second name that comes to the same id gets `-2`, and so on. */
export function createIds(): (name: string) => string {
  const taken = new Set<string>();
  const last = new Map<string, number>();
  return (name) => {
    const base = sanitiseId(name);
    let id = base;
    for (let n = (last.get(base) ?? 1) + 1; taken.has(id); n++) {
      const suffix = `-${n}`;
      id = `${base.slice(0, LIMITS.idLength - suffix.length)}${suffix}`;
      last.set(base, n);
    }
    taken.add(id);
    return id;
  };
}
