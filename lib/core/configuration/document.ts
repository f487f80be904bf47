import { type Finding, type Path, problemsError } from '../dag/check/problems';
import { readDocument } from '../dag/read/document';
import { isRepriseError, RepriseError } from '../errors';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey, type ConfigValues, isConfigKey } from './keys';

/** A value under a key, and where it stands. */
interface Entry {
  readonly key: string;
  readonly path: Path;
  readonly value: unknown;
}

/**
 * What a file says, YAML or JSON: keys in each other or joined by dots, such as `retries: { explore: 0.1 }`.
 * @throws RepriseError INPUT_INVALID with the place of everything that is wrong, and what it may have meant.
 */
export function parseConfigFile(text: string, source: string): ConfigValues {
  const { value, locate } = readText(text, source);
  if (value === null || value === undefined) return {};
  const entries = [...entriesOf(value, '', [])];
  const findings = entries.flatMap(findingsOf);
  if (findings.length > 0) throw problemsError(findings, locate, source);
  return valuesOf(entries);
}

/**
 * The same of values by their whole keys, as a request has them.
 * @throws RepriseError INPUT_INVALID
 */
export function parseConfigValues(values: Readonly<Record<string, unknown>>): ConfigValues {
  const entries = Object.entries(values).map(([key, value]) => ({ key, path: [key], value }));
  const findings = entries.flatMap(findingsOf);
  if (findings.length > 0) throw problemsError(findings, undefined, 'the configuration');
  return valuesOf(entries);
}

/** One value, as text. @throws RepriseError INPUT_INVALID */
export function parseConfigValue(key: string, text: string, source: string): ConfigValues {
  const { value, locate } = readText(text, source);
  const findings = findingsOf({ key, path: [], value });
  if (findings.length > 0) throw problemsError(findings, locate, `${source} (${key})`);
  return valuesOf([{ key, path: [], value }]);
}

/** What was kept under keys that are gone, or as this version does not take it. */
export function knownValues(values: Readonly<Record<string, unknown>>): ConfigValues {
  const entries = Object.entries(values).map(([key, value]) => ({ key, path: [key], value }));
  return valuesOf(entries.filter((entry) => findingsOf(entry).length === 0));
}

function readText(text: string, source: string) {
  try {
    return readDocument(text, source);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    const { message, problems, count, context } = error;
    const told = problems.map((problem) => ({ ...problem, code: 'INPUT_INVALID' as const }));
    throw new RepriseError('INPUT_INVALID', message, { cause: error, problems: told, count, context });
  }
}

/** A mapping is looked into for as long as keys begin with where it stands. */
function* entriesOf(value: unknown, prefix: string, path: Path): Generator<Entry> {
  const isGroup = prefix === '' || CONFIG_KEY_NAMES.some((key) => key.startsWith(`${prefix}.`));
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isConfigKey(prefix) || !isGroup || !isMapping) {
    yield { key: prefix, path, value };
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield* entriesOf(inner, prefix === '' ? name : `${prefix}.${name}`, [...path, name]);
  }
}

function findingsOf({ key, path, value }: Entry): Finding[] {
  if (!isConfigKey(key)) {
    const unknown = {
      word: key,
      among: CONFIG_KEY_NAMES,
      otherwise: ` (known: ${CONFIG_KEY_NAMES.join(', ')})`,
    };
    const message = key === '' ? 'must be a mapping of keys' : `unknown key ${JSON.stringify(key)}`;
    return [{ code: 'INPUT_INVALID', path, message, unknown }];
  }
  const parsed = CONFIG_KEYS[key].schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({
    code: 'INPUT_INVALID',
    path: [...path, ...(issue.path as (string | number)[])],
    message: issue.message,
  }));
}

function valuesOf(entries: readonly Entry[]): ConfigValues {
  const parsed = entries.map(({ key, value }) => [key, CONFIG_KEYS[key as ConfigKey].schema.parse(value)]);
  return Object.fromEntries(parsed) as ConfigValues;
}
