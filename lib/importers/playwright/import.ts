import { LIMITS } from '../../core/limits';
import { finish, nodeOf } from '../finish';
import { type Place, parseForeign, readForeign, refusal } from '../foreign';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes } from '../notes';
import { balance } from '../shards/balance';
import { medianOf, seconds, shardMs } from '../shards/durations';
import { filePattern, layoutOf, mergeCommand, shardCommand } from './command';
import { noteBalance, noteProject, type TimedFile } from './explain';
import { type PlaywrightReport, playwrightReportSchema } from './schema';
import { type FileTiming, fileTimings } from './timings';

export interface PlaywrightOptions {
  readonly name: string;
  readonly shards: number;
  /** Projects that others depend on: Playwright runs them with every shard by itself. */
  readonly setup?: readonly string[];
}

/**
 * The graph of a Playwright project: its test files over `shards` nodes of about the same duration, by the times of
 * an earlier run, and a node that merges their reports whatever became of them.
 * @throws RepriseError INPUT_INVALID
 */
export function importPlaywright(file: ForeignFile, options: PlaywrightOptions): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const report = parseForeign(playwrightReportSchema, value, at);
  const timings = fileTimings(report);
  checkNames(options.setup ?? [], timings, at);
  const setup = setupProjects(report, options.setup ?? []);
  const isSetup = ({ projects }: FileTiming) => [...projects].every((project) => setup.has(project));
  const own = timings.filter((timing) => !isSetup(timing));
  if (own.length === 0) throw refusal(['suites'], 'the report names no test file to run', at);
  const setupFiles = timings.filter(isSetup);
  const median = medianOf(own.map(({ workMs }) => workMs));
  const files = own.map((timing): TimedFile => ({ ...timing, ms: timing.workMs ?? median ?? 0 }));
  const shards = balance(files, Math.min(options.shards, files.length));

  const notes = createNotes();
  noteBalance(files, shards, { notes, asked: options.shards, median });
  noteProject(report, { notes, setup: setupFiles.length > 0 ? [...setup] : [], timings });

  const { prefix, config } = layoutOf(report.config);
  const all = timings.map((timing) => `${prefix}${timing.file}`);
  const setupMs = setupFiles.reduce((sum, { workMs }) => sum + (workMs ?? 0), 0);
  const nodes = shards.map((shard, i) => {
    const patterns = shard.map((timing) => filePattern(`${prefix}${timing.file}`, all));
    const run = shardCommand(i + 1, patterns, config);
    if (run.length > LIMITS.runLength) {
      throw refusal(['suites'], `${shard.length} files in one command are too many: use more shards`, at);
    }
    return nodeOf({
      id: `shard-${i + 1}`,
      run,
      duration: seconds(setupMs + shardMs(shard, report.config?.workers ?? 1, ({ pieceMs }) => pieceMs)),
    });
  });
  const needs = nodes.map(({ id }) => id);
  const merge = nodeOf({ id: 'report', run: mergeCommand(config), needs, trigger: 'all_done' });
  return finish({ name: options.name, nodes: [...nodes, merge] }, notes);
}

/** A misspelt project would let its files be run like any other, unseen. */
function checkNames(named: readonly string[], timings: readonly FileTiming[], at: Place): void {
  const known = new Set(timings.flatMap(({ projects }) => [...projects]));
  const unknown = named.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const message = `no test ran in a project ${JSON.stringify(unknown)}: there are ${[...known].join(', ')}`;
  throw refusal(['suites'], message, at);
}

/** Projects that run because others need them, as the report or the caller says, and their teardowns. */
function setupProjects(report: PlaywrightReport, named: readonly string[]): ReadonlySet<string> {
  const told = (report.config?.projects ?? []).flatMap(({ dependencies, teardown }) => [
    ...(dependencies ?? []),
    ...(teardown ? [teardown] : []),
  ]);
  return new Set([...named, ...told]);
}
