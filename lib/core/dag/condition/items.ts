import { variableName } from '../../model/work';

/**
 * An item as variables of its command: `REPRISE_ITEM`, and `REPRISE_ITEM_<KEY>` for every key of an object whose name
 * can be one, one level deep. Text stands as it is, anything else as JSON. Keys that differ in case alone would be one
 * variable, and are none: a command that reads it fails, and does not run with either.
 */
export function itemVariables(item: unknown): Readonly<Record<string, string>> {
  const variables: Record<string, string> = { REPRISE_ITEM: textOf(item) };
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return variables;
  const named = Object.entries(item).filter(([key]) => /^\w+$/.test(key));
  const names = named.map(([key]) => variableName('ITEM', key));
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  named.forEach(([, value], i) => {
    const name = names[i] as string;
    if (count.get(name) === 1) variables[name] = textOf(value);
  });
  return variables;
}

/** The variable of `{{ item }}` or `{{ item.key }}`; undefined for any other name. */
export function itemVariable(name: string): string | undefined {
  if (name === 'item') return 'REPRISE_ITEM';
  return /^item\.\w+$/.test(name) ? variableName('ITEM', name.slice('item.'.length)) : undefined;
}

/** The values of `{{ item }}` and `{{ item.key }}` in a text that no shell reads: the id of a suite. */
export function itemTexts(item: unknown): ReadonlyMap<string, string> {
  const texts = new Map([['item', textOf(item)]]);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return texts;
  for (const [key, value] of Object.entries(item)) texts.set(`item.${key}`, textOf(value));
  return texts;
}

/** A value as a variable holds it: text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
