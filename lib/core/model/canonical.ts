import canonicalize from 'canonicalize';

/**
 * RFC 8785 canonical JSON of a JSON value (https://www.rfc-editor.org/rfc/rfc8785). JavaScript writes numbers and strings
 * as that asks for, so that it is enough to write a copy whose keys are in order, wherever a copy can keep them so.
 * @throws Error for a number that is not finite
 */
export function canonicalJson(value: unknown): string {
  const ordered = inOrder(value);
  return (ordered === ODD ? canonicalize(value) : JSON.stringify(ordered)) as string;
}

/** In the place of a copy that would be written otherwise than what it is of. */
const ODD = Symbol('odd');

function inOrder(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : ODD;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.includes(ODD) ? ODD : items;
  }
  const ordered: Record<string, unknown> = {};
  for (const key of sorted(Object.keys(value))) {
    const member = inOrder(value[key as keyof typeof value]);
    if (member === ODD || isOdd(key)) return ODD;
    ordered[key] = member;
  }
  return ordered;
}

/** To sort what is in order already costs as much as to sort anything. */
function sorted(keys: string[]): string[] {
  return keys.some((key, i) => i > 0 && key < (keys[i - 1] as string)) ? keys.sort() : keys;
}

/** What looks like an index comes first in every object, and this name is no key of one. */
function isOdd(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || key === '__proto__';
}
