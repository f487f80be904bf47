import {
  type Entry,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  shown,
  textOf,
} from '../located/located';
import { unknownIn } from './template';

/**
 * The values of parameters: those that are given, else their defaults.
 * @param what who has them, for messages
 * @throws RepriseError INPUT_INVALID for one without a value, one that is not declared, and one of another type
 * @see https://circleci.com/docs/reference/reusing-config/#parameter-types
 */
export function bind(
  owner: LocatedMap,
  given: ReadonlyMap<string, Entry>,
  { what, spot }: { readonly what: string; readonly spot: Spot },
): Map<string, Located> {
  const declared = settingOf(owner, 'parameters');
  const values = new Map<string, Located>();
  for (const [name, entry] of declared ? mapOf(declared).entries : []) {
    const parameter = mapOf(entry.value);
    const value = given.get(name)?.value ?? parameter.entries.get('default')?.value;
    if (!value) throw refuse(spot, `${what} needs the parameter ${name}`);
    values.set(name, valueOfType(value, parameter, name));
  }
  for (const [name, entry] of given) {
    if (!values.has(name)) throw refuse(entry.spot, `${what} has no parameter ${name}`);
  }
  return values;
}

/** A value as one of the type of its parameter. @throws RepriseError INPUT_INVALID */
export function valueOfType(value: Located, parameter: LocatedMap, name: string): Located {
  const type = settingOf(parameter, 'type');
  const kind = type ? textOf(type) : 'string';
  if (value.kind === 'plain' && typeof value.value === 'string' && unknownIn(value.value).length > 0)
    return value;
  if (kind === 'steps') return value;
  if (kind === 'executor') return value;
  if (value.kind !== 'plain')
    throw refuse(value.spot, `the parameter ${name} takes a ${kind}, not ${shown(value)}`);
  if (kind === 'boolean') return { ...value, value: flag(value, name) };
  if (kind === 'integer') return { ...value, value: whole(value, name) };
  if (kind === 'enum') {
    const words = settingOf(parameter, 'enum');
    const allowed = words ? itemsOf(words).map(textOf) : [];
    if (!allowed.includes(textOf(value)))
      throw refuse(value.spot, `the parameter ${name} is one of ${allowed.join(', ')}, not ${shown(value)}`);
  }
  return { ...value, value: textOf(value) };
}

function flag(value: Located, name: string): boolean {
  const text = textOf(value);
  if (/^(y|yes|true|on)$/i.test(text)) return true;
  if (/^(n|no|false|off)$/i.test(text)) return false;
  throw refuse(value.spot, `the parameter ${name} is true or false, not ${shown(value)}`);
}

function whole(value: Located, name: string): number {
  const number = Number(textOf(value));
  if (textOf(value) !== '' && Number.isSafeInteger(number)) return number;
  throw refuse(value.spot, `the parameter ${name} is a whole number, not ${shown(value)}`);
}
