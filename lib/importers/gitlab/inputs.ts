import {
  entryOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  type Tell,
  textOf,
} from '../located/located';

/** `$[[ inputs.name ]]`, perhaps with functions after a bar. */
const INPUT = /\$\[\[\s*inputs\.([\w-]+)\s*((?:\|[^\]]*)?)\]\]/g;

/**
 * A file with the values of its inputs: those that the `include` gives, else their defaults.
 * @throws RepriseError INPUT_INVALID for an input without a value, and one that the file does not declare
 * @see https://docs.gitlab.com/ci/inputs/
 */
export function withInputs(
  file: { readonly header: Located | undefined; readonly body: Located },
  given: LocatedMap | undefined,
  spot: Spot,
  tell: Tell,
): Located {
  if (!file.header) return file.body;
  const spec = settingOf(mapOf(file.header), 'spec');
  const declared = spec && settingOf(mapOf(spec), 'inputs');
  const values = new Map<string, Located>();
  for (const [name, entry] of declared ? mapOf(declared).entries : []) {
    const fallback = entry.value.kind === 'map' ? entry.value.entries.get('default')?.value : undefined;
    const value = given?.entries.get(name)?.value ?? fallback;
    if (!value) throw refuse(given ? spot : entry.spot, `the input ${name} has no value and no default`);
    values.set(name, value);
  }
  for (const [name, entry] of given?.entries ?? []) {
    if (!values.has(name)) throw refuse(entry.spot, `the file has no input ${name}`);
  }
  if (values.size > 0 && !given) {
    const [first] = mapOf(declared!).entries.values();
    tell('info', first!.spot, 'the inputs have their defaults');
  }
  return fill(file.body, values);
}

function fill(value: Located, values: ReadonlyMap<string, Located>): Located {
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => fill(item, values)) };
  if (value.kind === 'map') {
    const entries = [...value.entries].map(([key, entry]) => {
      const name = key.includes('$[[') ? fillText(key, values, entry.spot) : key;
      return [name, { ...entry, value: fill(entry.value, values) }] as const;
    });
    return { ...value, entries: new Map(entries) };
  }
  if (value.kind !== 'plain' || typeof value.value !== 'string' || !value.value.includes('$[[')) return value;
  const whole = /^\$\[\[\s*inputs\.([\w-]+)\s*\]\]$/.exec(value.value)?.[1];
  if (whole !== undefined) return { ...inputOf(whole, values, value.spot), spot: value.spot };
  return { ...value, value: fillText(value.value, values, value.spot) };
}

function fillText(text: string, values: ReadonlyMap<string, Located>, spot: Spot): string {
  return text.replace(INPUT, (_, name: string, functions: string) => {
    if (functions !== '') throw refuse(spot, `functions of inputs are not known here: ${functions.trim()}`);
    return textOf(inputOf(name, values, spot));
  });
}

function inputOf(name: string, values: ReadonlyMap<string, Located>, spot: Spot): Located {
  const value = values.get(name);
  if (!value) throw refuse(spot, `there is no input ${name}`);
  return value;
}

/** The inputs that an `include` gives. */
export function inputsOf(include: LocatedMap): LocatedMap | undefined {
  const entry = entryOf(include, 'inputs');
  return entry && mapOf(entry.value);
}
