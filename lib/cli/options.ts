import type { Stats } from 'node:fs';
import { availableParallelism, userInfo } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { statsOf } from '../adapters/embedded/disk/durable';
import { type Layout, layoutOf } from '../adapters/embedded/disk/layout';
import { openDirectory } from '../adapters/embedded/disk/store';
import { type RetryLimits, retryLimitsSchema } from '../core/access/retry-limits';
import { type DependencyPolicies, dependencyPoliciesSchema } from '../core/dependency/policy';
import { LIMITS } from '../core/limits';
import { type Escalation, escalationSchema } from '../core/model/escalation';
import { idSchema } from '../core/model/ids';
import { type Resources, resourcesSchema } from '../core/model/resources';
import { readYaml } from './files';
import { invalid } from './invalid';
import { decimalNumber, wholeNumber } from './numbers';

export const JOURNAL_OPTION = ['--journal <dir>', 'where the journal is kept', '.reprise'] as const;

/** What a command needs to find this journal directory from here, such as ` --journal DIR`. */
export function journalOption({ root }: Layout): string {
  const dir = fromHere(root);
  return dir === '.reprise' ? '' : ` --journal ${dir}`;
}

/** A path as it is named from here, where it lies below. */
export function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

export const parseSlots = wholeNumber('--slots (or --workers)', { most: LIMITS.workerSlots });

export function defaultSlots(): number {
  return Math.min(availableParallelism(), LIMITS.workerSlots);
}

export const parsePort = wholeNumber('--port', { least: 0, most: 65_535 });

/** A name as a `Host` header has it, without its port. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

export function parseHostName(text: string, before: readonly string[] = []): readonly string[] {
  if (HOST_NAME.test(text)) return [...before, text];
  const message = `--allow-host is a name such as ci.example.com, without a scheme, a port or a path, not ${JSON.stringify(text)}`;
  throw invalid(message);
}

export function parseUrl(option: string): (text: string) => string {
  return (text) => {
    if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
    throw invalid(`${option} is an address such as http://127.0.0.1:8080, not ${JSON.stringify(text)}`);
  };
}

/** Amounts by name, separated by commas; an option that is given again adds to what was given before. */
export function parseResources(text: string, before: Resources = {}): Resources {
  const pairs = text.split(',').map((pair): [string, number] => {
    const [name = '', amount = ''] = pair.split('=').map((part) => part.trim());
    return [name, amount === '' ? Number.NaN : Number(amount)];
  });
  const parsed = resourcesSchema.safeParse(Object.fromEntries(pairs));
  const names = [...Object.keys(before), ...pairs.map(([name]) => name)];
  const isUnique = new Set(names).size === names.length;
  if (parsed.success && isUnique && text.split('=').length === pairs.length + 1) {
    return { ...before, ...parsed.data };
  }
  throw invalid(
    `--resources: names with whole amounts such as browserLicences=2, not ${JSON.stringify(text)}`,
  );
}

/** A job's id becomes the name of a directory, so it is checked before anything touches the disk. */
export function parseJobId(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw invalid(`a job id is 1 to 64 letters, digits, hyphens or underscores, not ${JSON.stringify(text)}`);
}

/** @param what of which it is the name, or the option itself. @throws RepriseError INPUT_INVALID */
export function parseName(what: string): (text: string) => string {
  return (text) => {
    if (idSchema.safeParse(text).success) return text;
    throw invalid(`${what} is 1 to 64 letters, digits, hyphens or underscores, not ${JSON.stringify(text)}`);
  };
}

/** Makes a journal directory ready for use, and says where others can see into it. @throws RepriseError STORE_NEWER */
export async function prepareDirectory(layout: Layout): Promise<void> {
  const warning = await openDirectory(layout);
  if (warning !== undefined) say(warning);
}

/** A line for whoever runs the command. */
export function say(message: string): void {
  process.stderr.write(`reprise: ${message}\n`);
}

/** Where a daemon looks for its configuration. */
export function configFileOf({ root }: Layout): string {
  return join(root, 'config.yaml');
}

/** @throws RepriseError INPUT_INVALID where a file has the name of the directory, or of one above it */
export function layoutAt(dir: string): Layout {
  const root = resolve(dir);
  const found = nearest(root);
  if (found.isDirectory()) return layoutOf(root);
  throw invalid(`the journal is kept in a directory, and ${dir} leads to a file: name another by --journal`);
}

/** What a path leads to, or the nearest above it that is there. */
function nearest(path: string): Stats {
  return statsOf(path) ?? nearest(dirname(path));
}

/** Who runs the command, as the system knows it. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}

/** A YAML or JSON map from suite id to the command that runs it. */
export async function readSuites(file: string): Promise<Record<string, string>> {
  const suites = z.record(z.string(), z.string().min(1)).safeParse(await readYaml(file));
  if (suites.success) return suites.data;
  throw invalid(
    `${file} must map each suite id to the command that runs it, such as \`smoke: npm run smoke\``,
  );
}

/** When the breakers of dependencies open: a YAML or JSON file of `defaults` and, by name, what differs. */
export const DEPENDENCIES_OPTION = [
  '--dependencies <file>',
  'when the breakers of dependencies open: YAML of defaults, and of what differs by name',
] as const;

/** What the file of `--dependencies` says; nothing where it is not given. */
export async function policiesIn({
  dependencies: file,
}: {
  readonly dependencies?: string;
}): Promise<{ policies?: DependencyPolicies }> {
  if (file === undefined) return {};
  const policies = dependencyPoliciesSchema.safeParse(await readYaml(file));
  if (policies.success) return { policies: policies.data };
  const [issue] = policies.error.issues;
  throw invalid(
    `${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}; see docs/dependencies.md`,
  );
}

/** Who is told, and when, that a recovery has failed. */
export const ESCALATION_OPTION = [
  '--escalation <file>',
  'who is told when a recovery fails: YAML, a list of `notify` and `afterMinutes`',
] as const;

/** What the file of `--escalation` says; nothing where it is not given. */
export async function escalationIn({
  escalation: file,
}: {
  readonly escalation?: string;
}): Promise<{ escalation?: Escalation }> {
  if (file === undefined) return {};
  const escalation = escalationSchema.safeParse(await readYaml(file));
  if (escalation.success) return { escalation: escalation.data };
  const [issue] = escalation.error.issues;
  throw invalid(`${file}: ${issue?.path.join('.') || 'the list'}: ${issue?.message}; see docs/recovery.md`);
}

/** Limits of retries, as the `retries.limits` of an environment. */
export async function readRetryLimits(file: string): Promise<RetryLimits> {
  const limits = retryLimitsSchema.safeParse(await readYaml(file));
  if (limits.success) return limits.data;
  const places = limits.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the list'}: ${message}`,
  );
  throw invalid(`${file} is no list of limits of retries: ${places.join('; ')}`);
}

/** A quarter at most: what is tried for the sake of knowledge costs time. */
export const parseShare = decimalNumber('--explore', { most: 0.25 });
