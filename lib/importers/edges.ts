import { findCycles } from '../core/dag/check/cycles';
import { type Finding, type Path, problemsError } from '../core/dag/check/problems';
import { LIMITS } from '../core/limits';
import { type Place, refusal } from './foreign';

/** Something with dependencies, under the name that the foreign file gives it. */
export interface Item {
  readonly key: string;
  readonly needs: readonly { readonly key: string; readonly path: Path }[];
}

/**
 * Refuses dependencies that do not exist and cycles, in the words and at the places of the foreign file.
 * O(items + dependencies). @throws RepriseError INPUT_INVALID
 */
export function checkItems(items: readonly Item[], at: Place): void {
  const indexOf = new Map(items.map(({ key }, i) => [key, i]));
  const keys = [...indexOf.keys()];
  const findings: Finding[] = [];
  const complain = (path: Path, message: string) => findings.push({ code: 'INPUT_INVALID', path, message });
  const needs = items.map((item) =>
    item.needs.flatMap(({ key, path }) => {
      const target = indexOf.get(key);
      if (target !== undefined) return [target];
      const message = `${JSON.stringify(key)} does not exist`;
      findings.push({ code: 'INPUT_INVALID', path, message, unknown: { word: key, among: keys } });
      return [];
    }),
  );
  for (const cycle of findCycles(needs)) {
    const members = cycle.map((i) => items[i]!);
    const path = [...members, members[0]!].map(({ key }) => key).join(' -> ');
    const next = members[1 % members.length]!.key;
    const place = members[0]!.needs.find(({ key }) => key === next)!.path;
    complain(place, `the dependencies form a cycle, each needs the next: ${path}`);
  }
  if (findings.length > 0) throw problemsError(findings, at.locate, at.source);
}

/**
 * The dependencies of what stays, after what does not stay is taken out: whoever needed it needs what it needed.
 * For items without cycles. O(items + dependencies looked at), which is bounded.
 * @throws RepriseError INPUT_INVALID past the bound
 */
export function contract(
  items: readonly Item[],
  isGone: (key: string) => boolean,
  at: Place,
): Map<string, string[]> {
  const needsOf = new Map(items.map(({ key, needs }) => [key, needs.map((need) => need.key)]));
  const result = new Map<string, string[]>();
  let looked = 0;
  for (const { key } of items) {
    if (isGone(key)) continue;
    const found = new Set<string>();
    const seen = new Set<string>();
    const stack = [...needsOf.get(key)!].reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      looked++;
      if (seen.has(next)) continue;
      seen.add(next);
      if (isGone(next)) stack.push(...[...needsOf.get(next)!].reverse());
      else found.add(next);
    }
    if (looked > 4 * LIMITS.edges) {
      throw refusal([], 'too many dependencies lead through tasks that have no command', at);
    }
    result.set(key, [...found]);
  }
  return result;
}
