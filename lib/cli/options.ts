import { readFile } from 'node:fs/promises';
import { availableParallelism, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Layout, layoutOf } from '../adapters/embedded/layout';
import type { Graph } from '../core/dag/graph';
import { parseGraph } from '../core/dag/parse';
import { type ErrorCode, type Problem, RepriseError } from '../core/errors';

/** Exit status of the contract: 0 done, 1 the job failed, 2 the input or the usage was wrong. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The most slots one execution node may have. */
const MAX_WORKERS = 1_024;

export const JOURNAL_OPTION = ['--journal <dir>', 'where the journal is kept', '.reprise'] as const;

export function parseWorkers(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= MAX_WORKERS) return workers;
  throw invalid(`--workers must be a whole number from 1 to ${MAX_WORKERS}, not ${JSON.stringify(text)}`);
}

export function defaultWorkers(): number {
  return Math.min(availableParallelism(), MAX_WORKERS);
}

/** A job's id becomes the name of a directory, so it is checked before anything touches the disk. */
export function parseJobId(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw invalid(`a job id is 1 to 64 letters, digits, hyphens or underscores, not ${JSON.stringify(text)}`);
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

/** @throws RepriseError SUITE_UNKNOWN, NODE_UNSCHEDULABLE: what would otherwise be found out hours later. */
export function checkRunnable(graph: Graph, workers: number, suites: Readonly<Record<string, string>>): void {
  const problems: Problem[] = [];
  const complain = (code: ErrorCode, i: number, message: string) => {
    problems.push({ code, path: `nodes[${i}]`, message });
  };
  graph.nodes.forEach(({ id, work, slots, forEach }, i) => {
    // The suite of an item may depend on the item, which is known only when it comes to run.
    const isOpen = forEach !== undefined && work.kind === 'suite' && work.suite.includes('{{');
    if (work.kind === 'suite' && !isOpen && !Object.hasOwn(suites, work.suite)) {
      const message = `node ${id}: no command is known for the suite ${JSON.stringify(work.suite)}: add it to the file that --suites names`;
      complain('SUITE_UNKNOWN', i, message);
    }
    if (slots > workers) {
      const message = `node ${id} takes ${slots} slots, this machine has ${workers}: raise --workers`;
      complain('NODE_UNSCHEDULABLE', i, message);
    }
  });
  const [first] = problems;
  if (!first) return;
  const message = problems.length === 1 ? first.message : `${problems.length} nodes cannot run here`;
  throw new RepriseError(first.code, message, { problems });
}

async function readText(file: string): Promise<string> {
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
