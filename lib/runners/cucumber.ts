import type { TestId } from '../core/model/test-results';
import { type Command, changed } from './command';
import { type Options, optionsOf, tableOf, variableIn } from './options';
import { counted } from './patterns';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  [
    '-c --config -f --format --format-options -i --import -l --loader -r --require --require-module --language --name -n',
    '--order --parallel -p --profile --plugin --plugin-options --retry --retry-tag-filter --shard -t --tags',
    '--world-parameters -w',
  ].join(' '),
  '-b --backtrace -d --dry-run --exit --force-exit --fail-fast --i18n-keywords --i18n-languages --no-strict --strict --publish -v --version -h --help',
);

/**
 * Cucumber 12 for JavaScript (https://github.com/cucumber/cucumber-js/blob/main/docs/cli.md). A scenario, or a row of its
 * examples, is selected by its file, which is a glob, and its line. Paths of its configuration run as well.
 */
export const cucumber: Runner = {
  name: 'cucumber',
  formats: ['cucumber-messages'],
  recognises: ({ program }) => program === 'cucumber-js' || program === 'cucumber',
  rerun,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const options = optionsOf(command, OPTIONS);
  const why = hindrance(command, options);
  if (why !== undefined) return { scope: 'whole', why };
  const lines = new Map<string, Set<string> | 'all'>();
  for (const { file, address } of tests) {
    const line = /:(\d+)$/.exec(address ?? '')?.[1];
    const path = line === undefined ? file : address?.slice(0, -line.length - 1);
    if (path === undefined) return { scope: 'whole', why: 'the report names no file of a scenario' };
    const known = lines.get(path);
    if (line === undefined || isGlob(path) || known === 'all') lines.set(path, 'all');
    else lines.set(path, (known ?? new Set()).add(line));
  }
  const add = [...lines].map(([path, at]) => [argumentOf(path), ...(at === 'all' ? [] : at)].join(':'));
  const text = changed(command, { drop: [...options.positionals, ...options.named('--shard')], add });
  if ([...lines.values()].includes('all')) {
    const why = 'a line is not known, or goes with no such path: all of its file runs';
    return { scope: 'files', command: text, why };
  }
  return { scope: 'tests', command: text, why: `Cucumber runs ${counted(tests.length)} by line` };
}

function hindrance({ isScript, args }: Command, options: Options): string | undefined {
  if (isScript) return 'a script hides the arguments of Cucumber';
  const [dry] = options.named('-d', '--dry-run');
  if (dry) return `with ${dry.text} no test runs`;
  const [unsure] = options.unsure;
  if (unsure) return `${unsure.text} may be a path, or belong to the option before it`;
  if (args.some(({ text }) => text === '--')) return 'behind -- Cucumber takes no options';
  return variableIn(options.positionals);
}

/** Written out as it is, such a path would match another one or none; made to match, Cucumber ignores its lines. */
function isGlob(path: string): boolean {
  return /[[\]*?{}\\]|[+@!]\(/.test(path);
}

/** As it is, or as a glob that matches it: what no bracket can hold becomes any character. */
function argumentOf(path: string): string {
  const own = isGlob(path) ? path.replace(/[[\]*?()+@]/g, '[$&]').replace(/[\\{}!]/g, '?') : path;
  // What begins with one of these would be an option, or a list of paths.
  return /^(-|@|\[@\])/.test(own) ? `./${own}` : own;
}
