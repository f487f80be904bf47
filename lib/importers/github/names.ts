/** Gives each list of parts the name of a variable, the same one each time. */
export type Names = (parts: readonly string[]) => string;

export function createNames(): Names {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  return (parts) => {
    const key = JSON.stringify(parts);
    const base = parts
      .join('_')
      .replace(/[^A-Za-z0-9_]/g, '_')
      .toUpperCase();
    let name = names.get(key) ?? base;
    for (let n = 2; !names.has(key) && taken.has(name); n++) name = `${base}_${n}`;
    names.set(key, name);
    taken.add(name);
    return name;
  };
}
