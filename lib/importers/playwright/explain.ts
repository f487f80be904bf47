import type { Notes } from '../notes';
import { evenness, longerThanMean, untimed } from '../shards/evenness';
import type { PlaywrightReport } from './schema';
import type { FileTiming } from './timings';

/** A file with the time it is expected to take. */
export interface TimedFile extends FileTiming {
  readonly ms: number;
}

/** Says how even the shards are, beside what a split by number of files would give. */
export function noteBalance(
  files: readonly TimedFile[],
  shards: readonly (readonly TimedFile[])[],
  { notes, asked, median }: { notes: Notes; asked: number; median: number | undefined },
): void {
  notes.add('info', ['suites'], evenness(files, shards, { count: files.length, unit: 'files' }));
  if (shards.length < asked) {
    notes.add('changed', ['suites'], `${asked} shards were asked for, there are only ${files.length} files`);
  }
  const unknown = files.filter(({ workMs }) => workMs === undefined);
  if (unknown.length > 0) {
    const names = unknown.map(({ file }) => file);
    notes.add('info', ['suites'], untimed(names, 'files', median));
  }
  const longest = longerThanMean(files, shards.length);
  if (longest)
    notes.add('info', ['suites'], `${longest.item.file} ${longest.says}: no split by files does better`);
}

/** Says what of the report's project bears on running it in shards. @param setup names of setup projects. */
export function noteProject(
  report: PlaywrightReport,
  { notes, setup, timings }: { notes: Notes; setup: readonly string[]; timings: readonly FileTiming[] },
): void {
  const { config } = report;
  if (setup.length > 0) {
    const message = `${setup.join(', ')}: Playwright runs these with every shard, as others depend on them; their time is in each shard's duration`;
    notes.add('info', ['config', 'projects'], message);
  } else noteGuess(timings, notes);
  if (config?.webServer !== undefined && config.webServer !== null) {
    const message =
      'every shard starts the web server: shards on one machine need `reuseExistingServer`, or a port each';
    notes.add('changed', ['config', 'webServer'], message);
  }
  if (config?.shard) {
    const { current, total } = config.shard;
    const message = `the report is of shard ${current} of ${total}: merge the shards' reports first, or the files of the others are missing`;
    notes.add('changed', ['config', 'shard'], message);
  }
  const repeats = timings.reduce((sum, timing) => sum + timing.repeats, 0);
  if (repeats > 0) notes.add('info', ['suites'], `the times contain ${repeats} repeated attempts`);
  const message =
    'the commands run in the folder of the Playwright configuration and leave their results in blob-report/, which the node `report` must see';
  notes.add('info', ['config', 'configFile'], message);
}

/** The report does not tell which projects others depend on; file names often do. */
function noteGuess(timings: readonly FileTiming[], notes: Notes): void {
  const guessed = timings.filter(({ file }) => /\b(setup|teardown)\b/i.test(file));
  if (guessed.length === 0) return;
  const projects = [...new Set(guessed.flatMap((timing) => [...timing.projects]))].filter(Boolean);
  const names = guessed.map(({ file }) => file).join(', ');
  const flags = projects.map((project) => `--setup ${project}`).join(' ');
  const message = `${names}: if other projects depend on these, import with ${flags || '--setup PROJECT'}, so that they are not a shard's work`;
  notes.add('info', ['config', 'projects'], message);
}
