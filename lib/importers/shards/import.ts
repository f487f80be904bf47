import { posix } from 'node:path';
import { LIMITS } from '../../core/limits';
import { grouped } from '../../core/model/grouped';
import { finish, nodeOf } from '../finish';
import { refusal } from '../foreign';
import type { ForeignFile, ImportedGraph, ImportedNode } from '../imported';
import { createNotes } from '../notes';
import { balance } from './balance';
import { medianOf, seconds, shardMs } from './durations';
import { noteShards, type Unit } from './explain';
import { shortestEnd } from './paths';
import type { Selection, ShardRunner, Timing } from './runner';

export interface ShardOptions {
  readonly name: string;
  readonly shards: number;
  /** Absolute directory that the report was made in, and the commands are to run in. */
  readonly root: string;
  /** How the runner is started, in place of what is usual. */
  readonly command?: string | undefined;
  /** Runs when all shards are over, whatever became of them. */
  readonly merge?: string | undefined;
  /** Where reports go, relative: a folder that is there; by default the one in which commands run. */
  readonly reportDir?: string | undefined;
  /** Where a shard leaves its report, for a runner of which that is not known. */
  readonly reports?: string | undefined;
}

/**
 * The graph of a suite of tests: its files, or tests, over nodes of about the same duration, by the times of an earlier
 * run. What the report does not name runs in exactly one of them, the last.
 * @throws RepriseError INPUT_INVALID
 */
export function importShards(file: ForeignFile, runner: ShardRunner, options: ShardOptions): ImportedGraph {
  const { timings, workers = 1, remarks = [] } = runner.read(file, options.root);
  const at = { source: file.source };
  if (timings.length === 0) throw refusal([], `the report names no ${runner.unit} to run`, at);
  const median = medianOf(timings.map(({ ms }) => ms));
  const units = unitsOf(timings, runner).map((together): Unit => {
    return { timings: together, ms: together.reduce((sum, { ms }) => sum + (ms ?? median ?? 0), 0) };
  });
  const shards = shortestLast(balance(units, Math.min(options.shards, units.length)));
  const notes = createNotes();
  for (const remark of remarks) notes.add('info', [], remark);
  noteShards(notes, units, shards, { unit: runner.unit, asked: options.shards, median });

  const command = options.command ?? runner.command;
  const named = shards.map((shard) => shard.flatMap((unit) => unit.timings.map(({ name }) => name)));
  const nodes = shards.map((shard, i): ImportedNode => {
    const id = `shard-${i + 1}`;
    const rest = named.filter((_, other) => other !== i).flat();
    const isLast = i === shards.length - 1;
    const selection: Selection = isLast ? { but: rest } : { only: named[i] ?? [], rest };
    const report = posix.join(options.reportDir ?? '.', `${id}.report`);
    const { run, reports } = runner.shard(selection, { command, report });
    if (run.length > LIMITS.runLength) throw refusal([], tooLong(runner, named.flat().length), at);
    const left = options.reports === undefined ? reports : [options.reports];
    const duration = median === undefined ? undefined : seconds(shardMs(shard, workers, ({ ms }) => ms));
    return nodeOf({ id, run, reports: left && [...left], duration });
  });
  const needs = nodes.map(({ id }) => id);
  const merge =
    options.merge === undefined
      ? []
      : [nodeOf({ id: 'report', run: options.merge, needs, trigger: 'all_done' })];
  return finish({ name: options.name, nodes: [...nodes, ...merge] }, notes);
}

function tooLong({ unit }: ShardRunner, count: number): string {
  return `a command that names ${count} ${unit} would be longer than ${LIMITS.runLength} characters: split the suite first, and import each part`;
}

/** What cannot be told apart stands together. */
function unitsOf(timings: readonly Timing[], { comparedAs }: ShardRunner): readonly (readonly Timing[])[] {
  if (!comparedAs) return timings.map((timing) => [timing]);
  const names = new Set(timings.map(({ name }) => comparedAs(name)));
  return [...grouped(timings, ({ name }) => shortestEnd(comparedAs(name), names)).values()];
}

/** The last one takes what is new as well. */
function shortestLast(shards: readonly (readonly Unit[])[]): (readonly Unit[])[] {
  const loads = shards.map((shard) => shard.reduce((sum, { ms }) => sum + ms, 0));
  const shortest = loads.lastIndexOf(Math.min(...loads));
  return [...shards.filter((_, i) => i !== shortest), ...shards.filter((_, i) => i === shortest)];
}
