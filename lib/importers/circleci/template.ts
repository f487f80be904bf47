import { type Entry, type Located, refuse, type Spot, textOf } from '../located/located';

/**
 * What stands for a name in `<< >>`; undefined for what only CircleCI knows.
 * @throws RepriseError INPUT_INVALID for a name that nothing has
 */
export type Names = (name: string, spot: Spot) => Located | undefined;

/** A placeholder, or the mark of one that is none: `\<<`. */
const PLACEHOLDER = /\\<<|<<\s*((?:parameters|pipeline|matrix)\.[\w.-]+)\s*>>/g;
const WHOLE = /^\s*<<\s*((?:parameters|pipeline|matrix)\.[\w.-]+)\s*>>\s*$/;

/**
 * A value with its placeholders filled in. What only CircleCI knows stays as it stands.
 * @see https://circleci.com/docs/reference/reusing-config/
 */
export function fill(value: Located, names: Names): Located {
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => fill(item, names)) };
  if (value.kind === 'map') {
    const entries = [...value.entries].map(([key, entry]): [string, Entry] => {
      const name = key.includes('<<') ? fillText(key, names, entry.spot) : key;
      return [name, { ...entry, value: fill(entry.value, names) }];
    });
    return { ...value, entries: new Map(entries) };
  }
  if (value.kind !== 'plain' || typeof value.value !== 'string' || !value.value.includes('<<')) return value;
  const whole = WHOLE.exec(value.value)?.[1];
  if (whole !== undefined) return names(whole, value.spot) ?? value;
  return { ...value, value: fillText(value.value, names, value.spot) };
}

function fillText(text: string, names: Names, spot: Spot): string {
  return text.replace(PLACEHOLDER, (mark: string, name: string | undefined) => {
    if (name === undefined) return '<<';
    const value = names(name, spot);
    return value === undefined ? mark : textOf(value);
  });
}

/** The names of pipeline values that a text still has. */
export function unknownIn(text: string): string[] {
  return [...new Set([...text.matchAll(/<<\s*(pipeline\.[\w.-]+)\s*>>/g)].map((match) => match[1]!))];
}

/** Whether a value is one that only CircleCI knows. */
export function isUnknown(value: Located): boolean {
  return value.kind === 'plain' && typeof value.value === 'string' && WHOLE.test(value.value);
}

export interface Scope {
  readonly parameters: ReadonlyMap<string, Located>;
  readonly matrix?: ReadonlyMap<string, Located>;
  readonly pipeline: (name: string) => Located | undefined;
}

export function namesOf({ parameters, matrix, pipeline }: Scope): Names {
  return (name, spot) => {
    const [root = '', ...rest] = name.split('.');
    if (root === 'pipeline') return pipeline(name);
    const known = root === 'matrix' ? matrix : parameters;
    const value = known?.get(rest.join('.'));
    if (value) return value;
    throw refuse(spot, `there is no ${name} here`);
  };
}
