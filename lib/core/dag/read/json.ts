/**
 * Reads JSON text, or gives up: what is not JSON, and what has a key twice, of which the JSON parser of the language
 * would keep the last, is for the full parser to complain about. O(length of the text).
 */
export function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return hasAll(text, value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value has every key of its text: a pair that is lost takes a colon with it. */
function hasAll(text: string, value: unknown): boolean {
  const isEscaped = text.includes('\\u003a') || text.includes('\\u003A');
  return !isEscaped && colonsOf(text) === colonsIn(value);
}

function colonsOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count++;
  return count;
}

/** Colons that the JSON of a value has. Iterative: it may be nested to any depth. */
function colonsIn(value: unknown): number {
  let count = 0;
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const item = stack.pop();
    if (typeof item === 'string') count += colonsOf(item);
    if (typeof item !== 'object' || item === null) continue;
    if (!Array.isArray(item)) {
      const keys = Object.keys(item);
      count += keys.length;
      for (const key of keys) count += colonsOf(key);
    }
    for (const child of Array.isArray(item) ? item : Object.values(item)) stack.push(child);
  }
  return count;
}
