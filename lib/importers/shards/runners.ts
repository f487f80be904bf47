import { shellQuote, shellWord } from '../../core/dag/shell/word';
import { RepriseError } from '../../core/errors';
import { parseCommand } from '../../runners/command';
import { gotestsum } from '../../runners/gotestsum';
import { escapeRegExp } from '../../runners/patterns';
import { isFilteredBy } from './paths';
import { readFiles, readGo, readPytest, readSuites } from './read';
import type { Selection, ShardRunner } from './runner';

const named = (selection: Selection) => ('only' in selection ? selection.only : selection.but);
const isAll = (selection: Selection) => 'but' in selection && selection.but.length === 0;

/**
 * Jest 30. A path is a regular expression that ignores case. One that begins with `/` is held against the absolute path alone, any other
 * also against the one below `rootDir`, as which a negation would hold for what it is to leave out.
 */
export const jestShards: ShardRunner = {
  unit: 'files',
  command: 'npx jest --ci',
  read: readSuites,
  comparedAs: (name) => name.toLowerCase(),
  shard(selection, { command, report: at }) {
    const report = `${at}.json`;
    const ends = named(selection).map(escapeRegExp).join('|');
    const pattern = 'only' in selection ? `/(?:${ends})$` : `/(?<=^/)(?!(?:.*/)?(?:${ends})$)`;
    const paths = isAll(selection) ? [] : [shellQuote(pattern)];
    return { run: words(command, `--json --outputFile=${shellWord(report)}`, ...paths), reports: [report] };
  },
};

/**
 * Vitest 4. A filter is any part of a path, as seen from the root of each project, whatever the case, also where it is absolute: files
 * of other shards that it would select too are left out one by one. What is left out is a glob, which reads relative to
 * those roots unless it is absolute.
 */
export const vitestShards: ShardRunner = {
  unit: 'files',
  command: 'npx vitest run',
  read: readSuites,
  shard(selection, { command, report: at }) {
    const report = `${at}.json`;
    const [files, others] = 'but' in selection ? [[], selection.but] : [selection.only, looseEnds(selection)];
    const run = words(
      ...[command, `--reporter=default --reporter=json --outputFile.json=${shellWord(report)}`],
      ...files.map(shellWord),
      ...others.map((file) => `--exclude=${inQuotes('$PWD/', escapeGlob(file))}`),
    );
    return { run, reports: [report] };
  },
};

function looseEnds({ only, rest }: Extract<Selection, { only: unknown }>): readonly string[] {
  return rest.filter((other) => only.some((file) => isFilteredBy(file, other)));
}

/**
 * pytest 9. A file that is gone ends a run that names it, so files are selected by what counts as a file of tests, the
 * end of a path, and not as arguments. A path with a bracket can be selected so too. Both patterns are held against the
 * absolute path, the second because it is absolute itself, so they mean the same wherever the root directory is.
 */
export const pytestShards: ShardRunner = {
  unit: 'files',
  command: 'pytest',
  read: readPytest,
  comparedAs: (name) => name,
  shard(selection, { command, report: at }) {
    const report = `${at}.xml`;
    const patterns = named(selection).map((file) => file.replace(/[[*?]/g, '[$&]'));
    const select =
      'only' in selection
        ? [`-o ${shellQuote(`python_files=${patterns.map(shellWord).join(' ')}`)}`]
        : patterns.map((pattern) => `--ignore-glob=${shellQuote(`/*/${pattern}`)}`);
    const run = words(command, `--junitxml=${shellWord(report)} -o junit_family=xunit1`, ...select);
    return { run, reports: [report] };
  },
};

/**
 * Go 1.20 and later. Tests go by their names, in all packages at once: a test that has moved to another package is still run
 * once. Packages are built for each shard.
 */
export const goShards: ShardRunner = {
  unit: 'tests',
  command: 'go test',
  read: readGo,
  shard(selection, { command, report: at }) {
    const pattern = shellQuote(`^(${named(selection).map(escapeRegExp).join('|')})$`);
    const select = 'only' in selection ? `-run ${pattern}` : isAll(selection) ? '' : `-skip ${pattern}`;
    const parsed = parseCommand(command);
    if (!parsed || !gotestsum.recognises(parsed)) return { run: words(command, select, './...') };
    const report = `${at}.xml`;
    const [own = '', ...given] = command.split(/\s--(?:\s+|$)/);
    const run = words(own, `--junitfile ${shellWord(report)} --`, ...given, select, './...');
    return { run, reports: [report] };
  },
};

export interface AnyRunnerOptions {
  /** Lists all files of tests there are, one a line, as the report names them. */
  readonly list: string;
}

/**
 * Any tool. Which files there are is asked for when a shard runs, and `{files}` stands for its own in the command. Without any it
 * fails, as a shard that runs nothing proves nothing.
 */
export function anyShards({ list }: AnyRunnerOptions): ShardRunner {
  return {
    unit: 'files',
    command: '',
    read: (file, cwd) => readFiles(file, cwd),
    shard(selection, { command }) {
      if (!command.includes('{files}')) throw invalid('--run needs {files}, where the files of a shard go');
      const names = named(selection).map((file) => `-e ${shellWord(file)}`);
      const mine = 'only' in selection ? words('grep -xF', ...names) : words("grep -vxF -e ''", ...names);
      const run = [
        `all=$(${list})`,
        `{ files=$(printf '%s\\n' "$all" | ${mine}) || { echo 'no file is left for this shard' >&2; false; }; }`,
        `printf '%s\\n' "$files" | tr '\\n' '\\0' | xargs -0 sh -c ${shellQuote(command.replaceAll('{files}', '"$@"'))} sh`,
      ].join(' && ');
      return { run };
    },
  };
}

function invalid(message: string): RepriseError {
  return new RepriseError('INPUT_INVALID', message);
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function escapeGlob(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

/** One word for a shell that puts in the variables of `open`, and nothing of `text`. */
function inQuotes(open: string, text: string): string {
  return `"${open}${text.replace(/[\\$`"]/g, '\\$&')}"`;
}
