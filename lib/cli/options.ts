import { readFile } from 'node:fs/promises';
import { availableParallelism, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Layout, layoutOf } from '../adapters/embedded/disk/layout';
import { keepPrivate } from '../adapters/embedded/disk/privacy';
import type { Graph } from '../core/dag/graph';
import { parseGraph } from '../core/dag/parse';
import { RepriseError } from '../core/errors';
import { type Resources, resourcesSchema } from '../core/model/resources';

/** Exit status of the contract: 0 done, 1 the job failed, 2 the input or the usage was wrong. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The most slots one worker may have. */
const MAX_SLOTS = 1_024;

export const JOURNAL_OPTION = ['--journal <dir>', 'where the journal is kept', '.reprise'] as const;

export function parseSlots(text: string): number {
  const slots = Number(text);
  if (Number.isInteger(slots) && slots >= 1 && slots <= MAX_SLOTS) return slots;
  throw invalid(
    `--slots (or --workers) must be a whole number from 1 to ${MAX_SLOTS}, not ${JSON.stringify(text)}`,
  );
}

export function defaultSlots(): number {
  return Math.min(availableParallelism(), MAX_SLOTS);
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw invalid(`--port must be a whole number from 0 to 65535, not ${JSON.stringify(text)}`);
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

/** Keeps other users out of a journal directory, and says where that is not ours to do. */
export function sayIfOpen(layout: Layout): void {
  const warning = keepPrivate(layout);
  if (warning !== undefined) say(warning);
}

/** A line for whoever runs the command. */
export function say(message: string): void {
  process.stderr.write(`reprise: ${message}\n`);
}

export function layoutAt(dir: string): Layout {
  return layoutOf(resolve(dir));
}

/** Who runs the command, as the system knows it. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}

/** @throws RepriseError INPUT_INVALID, or what `parseGraph` throws */
export async function readGraph(file: string): Promise<Graph> {
  return parseGraph(await readText(file), basename(file));
}

/** A YAML or JSON map from suite id to the command that runs it. */
export async function readSuites(file: string): Promise<Record<string, string>> {
  let document: unknown;
  try {
    document = parse(await readText(file));
  } catch (error) {
    if (error instanceof RepriseError) throw error;
    throw invalid(`${file} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const suites = z.record(z.string(), z.string().min(1)).safeParse(document);
  if (suites.success) return suites.data;
  throw invalid(
    `${file} must map each suite id to the command that runs it, such as \`smoke: npm run smoke\``,
  );
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : error instanceof Error ? error.message : String(error);
    throw new RepriseError('INPUT_INVALID', `cannot read ${file}: ${why}`, { cause: error });
  }
}

function invalid(message: string): RepriseError {
  return new RepriseError('INPUT_INVALID', message);
}
