import type { Pair } from './pairs';

/** What docs/triggers.md says is refused here, by a word of the error, though event-ruler takes it. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/`numeric` compares numbers from/, 'a bound past what EventBridge promises to compare'],
  [/is not held exactly/, 'a whole number past 2^53'],
  [/does not find .* with `equals-ignore-case`/, 'a character outside of the first plane without case'],
  [/`anything-but` with `.*` takes text/, 'an empty list within anything-but'],
  [/a second time/, 'one field twice'],
  [/confuses a wildcard with/, 'a wildcard beside what event-ruler confuses with it'],
  [/wildcards that EventBridge finds too complex/, 'wildcards of several alternatives of $or'],
];

export function statedRefusal(message: string): string | undefined {
  return REFUSALS.find(([pattern]) => pattern.test(message))?.[1];
}

/** Whether an event has a number somewhere. */
const hasNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'object' && Object.values(value ?? {}).some(hasNumber));

const ADDRESS = /"cidr":|"[\d.]+"|"[\da-fA-F]*:[\da-fA-F:]*"/;

/** What docs/triggers.md says matches here and not there, or the other way round. */
export function statedDifference(
  { pattern, event }: Pair,
  rulers: readonly string[],
  ours: string,
): string | undefined {
  if (rulers[0] !== rulers[1] && rulers.includes(ours)) return 'the two versions of event-ruler differ';
  const isPlain = ours === 'false' && rulers[0] === 'true';
  const text = JSON.stringify(pattern);
  if (isPlain && ADDRESS.test(text) && hasNumber(event))
    return 'a number is read as the digits of an address';
  return undefined;
}
