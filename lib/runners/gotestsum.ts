import type { TestId } from '../core/model/test-results';
import { type Command, changed, parseCommand } from './command';
import { problemsOfGo, resultsOfGo } from './go-cases';
import { earlyStop, type Options, optionsOf, tableOf, variableIn } from './options';
import { counted, distinct, isWhole } from './patterns';
import type { Rerun, Runner } from './runner';
import type { Word } from './words';

/** Of gotestsum itself; they end at `--`, or at the first word that is none of them. */
const OWN = tableOf(
  [
    '-f --format --format-icons --hide-summary --jsonfile --jsonfile-timing-events --junitfile --junitfile-project-name',
    '--junitfile-testcase-classname --junitfile-testsuite-name --max-fails --packages --post-run-command',
    '--rerun-fails-max-failures --rerun-fails-report --watch-chdir',
  ].join(' '),
  [
    '--debug --format-hide-empty-pkg --junitfile-hide-empty-pkg --junitfile-hide-skipped-tests --no-color --raw-command',
    '--rerun-fails --rerun-fails-abort-on-data-race --rerun-fails-run-root-test --watch --watch-clear --version',
  ].join(' '),
);

/** Of `go test`. */
const GO = tableOf(
  [
    '-run -skip -bench -benchtime -blockprofile -blockprofilerate -count -coverpkg -coverprofile -covermode -cpu -cpuprofile',
    '-fuzz -fuzztime -fuzzminimizetime -list -memprofile -memprofilerate -mutexprofile -mutexprofilefraction -o -outputdir',
    '-parallel -shuffle -timeout -trace -vet -exec -C -p -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix',
    '-ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec',
  ].join(' '),
  '-v -race -short -cover -failfast -json -a -n -x -i -c -work -trimpath -msan -asan -benchmem -fullpath -linkshared -modcacherw -args',
);

/**
 * `go test` by gotestsum 1.13 (https://pkg.go.dev/cmd/go#hdr-Testing_flags). `-run` holds a regular expression for each
 * level of a name; one that matches nothing runs nothing, and ends with 0.
 */
export const gotestsum: Runner = {
  name: 'gotestsum',
  formats: ['junit'],
  recognises: ({ program }) => /^gotestsum(@|$)/.test(program),
  resultsOfCases: resultsOfGo,
  problemsOfCases: problemsOfGo,
  rerun,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const from = ownEnd(command.args);
  const own = optionsOf({ ...command, args: command.args.slice(0, from) }, OWN);
  const go = optionsOf(command, GO, from);
  const why = hindrance(command, own, go) ?? unselectable(tests);
  if (why !== undefined) return { scope: 'whole', why };
  const packages = new Map<string, string>();
  for (const name of distinct(tests.map(packageOf))) {
    packages.set(name, patternOf(tests.filter((test) => packageOf(test) === name)));
  }
  const patterns = distinct([...packages.values()]);
  const text = selecting(command, { own, go, from, run: patterns.join('|'), packages: [...packages.keys()] });
  if (text === undefined) return { scope: 'whole', why: 'the shell expands what go test is given' };
  if (!tests.every(isWhole))
    return { scope: 'files', command: text, why: 'a name is too long: all of its test runs' };
  if (patterns.length > 1)
    return { scope: 'files', command: text, why: 'tests of one package may exist in another' };
  return { scope: 'tests', command: text, why: `go test runs ${counted(tests.length)} by name` };
}

function hindrance({ isScript }: Command, own: Options, go: Options): string | undefined {
  if (isScript) return 'a script hides the arguments of gotestsum';
  const early = earlyStop(own, '--max-fails') ?? earlyStop(go, '-failfast', '--failfast');
  if (early !== undefined) return early;
  const [other] = [
    ...own.named('--raw-command', '--watch', '--junitfile-testcase-classname'),
    ...go.named('-args', '--args', '-list', '-fuzz', '-C'),
  ];
  if (other) return `${other.text} changes what is run, or how it is reported`;
  const [unsure] = [...own.unsure, ...go.unsure];
  if (unsure) return `${unsure.text} may be a package, or belong to the option before it`;
  return variableIn(go.positionals);
}

function unselectable(tests: readonly TestId[]): string | undefined {
  return tests.every((test) => /^[^-\s][^\s]*$/.test(packageOf(test)))
    ? undefined
    : 'the report names no package of a test';
}

function packageOf({ suites }: TestId): string {
  return suites[0] ?? '';
}

interface Selection {
  readonly own: Options;
  readonly go: Options;
  /** Where the arguments of `go test` begin. */
  readonly from: number;
  readonly run: string;
  readonly packages: readonly string[];
}

function selecting(command: Command, { own, go, from, run, packages }: Selection): string | undefined {
  const { args } = command;
  const gone = [...go.positionals, ...go.named('-run', '--run')];
  const own_ = own.named('--packages');
  const [names, front] = own_.length > 0 ? [[], [`--packages=${packages.join(' ')}`]] : [packages, []];
  const inFront = (text: string) => {
    const again = parseCommand(text);
    return front.length === 0 || !again ? text : changed(again, { add: front, where: 'front' });
  };
  if (args[from - 1]?.text === '--') {
    return inFront(changed(command, { drop: [...gone, ...own_], add: [`-run=${run}`, ...names] }));
  }
  // Without `--` the first package ends what gotestsum takes, so what stands behind it needs one now.
  const kept = args.slice(from).filter((word) => !gone.includes(word));
  if (!kept.every(({ isLiteral }) => isLiteral)) return undefined;
  const add = ['--', ...kept.map(({ text }) => text), `-run=${run}`, ...names];
  return inFront(changed(command, { drop: [...args.slice(from), ...own_], add }));
}

function ownEnd(args: readonly Word[]): number {
  for (let i = 0; i < args.length; i++) {
    const { text } = args[i] as Word;
    if (text === '--') return i + 1;
    if (!text.startsWith('-')) return i;
    if (OWN.valued.has(text)) i += 1;
  }
  return args.length;
}

/** A test runs with the tests that it stands in, so those need not be asked for. */
function patternOf(tests: readonly TestId[]): string {
  const names = tests.map((test) => (isWhole(test) ? test.title : (test.title.split('/')[0] ?? '')));
  const lowest = distinct(names).filter((name) => !names.some((other) => other.startsWith(`${name}/`)));
  return lowest
    .map((name) =>
      name
        .split('/')
        .map((part) => `^${quoted(part)}$`)
        .join('/'),
    )
    .join('|');
}

/** As `regexp.QuoteMeta` of Go. */
function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
