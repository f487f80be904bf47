import fc from 'fast-check';
import { importShards } from '../../../../lib/importers/shards/import';
import type { ShardRunner, Timing } from '../../../../lib/importers/shards/runner';
import {
  anyShards,
  goShards,
  jestShards,
  pytestShards,
  vitestShards,
} from '../../../../lib/importers/shards/runners';
import { parseCommand } from '../../../../lib/runners/command';
import { readWords } from '../../../../lib/runners/words';
import { commandOf, compiled, foreign, refusal } from '../support';

const ROOT = '/srv/shop';
/** What a shell makes of a command, with `$PWD` put in. */
const wordsOf = (command: string) => {
  const words = readWords(command.replaceAll('$PWD', ROOT));
  if (!words) throw new Error(`these are no plain words: ${command}`);
  return words.map(({ text }) => text);
};
const valuesOf = (words: readonly string[], option: string) =>
  words.flatMap((word) => (word.startsWith(option) ? [word.slice(option.length)] : []));

/** `fnmatch` of Python, for what these patterns have in them. */
function fnmatch(text: string, pattern: string): boolean {
  const source = pattern.replace(/\[([[*?])\]|\*|[\\^$+?.()|{}\]]/g, (found, literal?: string) => {
    if (literal !== undefined) return `\\${literal}`;
    return found === '*' ? '.*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's').test(text);
}

/** What of a suite each runner would run with these arguments, as its documentation and its source say. */
const SELECTED: Readonly<
  Record<string, (words: readonly string[], suite: readonly string[]) => readonly string[]>
> = {
  jest: (words, suite) => {
    const patterns = words.filter((word) => word.startsWith('/'));
    return suite.filter((file) =>
      patterns.every((pattern) => new RegExp(pattern, 'i').test(`${ROOT}/${file}`)),
    );
  },
  vitest: (words, suite) => {
    const filters = words.slice(3).filter((word) => !word.startsWith('--'));
    const left = valuesOf(words, '--exclude=').map((glob) => glob.replace(/\\(.)/g, '$1'));
    const isOut = (file: string) => left.includes(`${ROOT}/${file}`);
    const isIn = (file: string) =>
      filters.some((filter) => file.toLowerCase().includes(filter.toLowerCase()));
    return suite.filter((file) => !isOut(file) && (filters.length === 0 || isIn(file)));
  },
  pytest: (words, suite) => {
    const [files] = valuesOf(words, 'python_files=').map((value) => wordsOf(value));
    const ignored = valuesOf(words, '--ignore-glob=');
    const isIn = (file: string) =>
      files?.some((pattern) =>
        pattern.includes('/')
          ? fnmatch(`${ROOT}/${file}`, `*/${pattern}`)
          : fnmatch(file.split('/').at(-1) ?? '', pattern),
      ) ?? true;
    return suite.filter((file) => isIn(file) && !ignored.some((glob) => fnmatch(`${ROOT}/${file}`, glob)));
  },
  go: (words, suite) => {
    const [run, skip] = ['-run', '-skip'].map((flag) =>
      words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined,
    );
    return suite.filter(
      (test) =>
        (run === undefined || new RegExp(run).test(test)) &&
        !(skip !== undefined && new RegExp(skip).test(test)),
    );
  },
};

const RUNNERS: readonly (readonly [name: string, runner: ShardRunner])[] = [
  ['jest', jestShards],
  ['vitest', vitestShards],
  ['pytest', pytestShards],
  ['go', goShards],
];

const told = (runner: ShardRunner, timings: readonly Timing[], shards: number, options: object = {}) =>
  importShards(
    foreign(''),
    { ...runner, read: () => ({ timings }) },
    { name: 'x', shards, root: ROOT, ...options },
  );
const same = (names: readonly string[]) => names.map((name): Timing => ({ name, ms: 1_000 }));

describe('the shards of a suite', () => {
  const part = fc.constantFrom(
    'a',
    'A',
    'ab',
    'x',
    "o'b",
    'in blanks',
    '[id]',
    '(group)',
    '$HOME',
    'a|b',
    'a+b',
    '{c}',
    '`d`',
    '"e"',
    'é',
    '*',
    '!f',
    '\\g',
  );
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.t.js`);
  const goName = fc.stringMatching(/^(Test|Example|Fuzz)[A-Za-z_é0-9]{0,6}$/);
  const suiteOf = (name: string) => (name === 'go' ? goName : path);

  it.each(RUNNERS)(
    'of %s run each test that was recorded once, and none that is new is left out',
    (name, runner) => {
      const suites = fc.record({
        known: fc.uniqueArray(suiteOf(name), { minLength: 1, maxLength: 12 }),
        fresh: fc.uniqueArray(suiteOf(name), { maxLength: 6 }),
        shards: fc.integer({ min: 1, max: 5 }),
      });
      fc.assert(
        fc.property(suites, ({ known, fresh, shards }) => {
          const { nodes } = told(runner, same(known), shards).graph;
          const all = [...new Set([...known, ...fresh])];
          const ran = nodes.flatMap(({ run = '' }) => SELECTED[name]?.(wordsOf(run), all) ?? []);
          expect(new Set(ran)).toEqual(new Set(all));
          // A filter of Vitest may be part of the path of a file that nobody knew of.
          const counted = name === 'vitest' ? known : all;
          for (const each of counted)
            expect([each, ran.filter((one) => one === each).length]).toEqual([each, 1]);
        }),
      );
    },
  );
});

describe('the command of a shard', () => {
  const suite = ['shop/cart.js', 'shop/[id] (a).js', 'till.js'];

  it('of Jest is a regular expression for the ends of absolute paths, and one for all others', () => {
    const graph = compiled(told(jestShards, same(suite), 3));
    expect(graph.nodes.map(({ id }) => commandOf(graph, id))).toEqual([
      String.raw`npx jest --ci --json --outputFile=shard-1.report.json '/(?:shop\/cart\.js)$'`,
      String.raw`npx jest --ci --json --outputFile=shard-2.report.json '/(?:shop\/\[id\] \(a\)\.js)$'`,
      String.raw`npx jest --ci --json --outputFile=shard-3.report.json '/(?<=^/)(?!(?:.*/)?(?:shop\/cart\.js|shop\/\[id\] \(a\)\.js)$)'`,
    ]);
    expect(graph.nodes[0]?.work).toMatchObject({ reports: [{ path: 'shard-1.report.json' }] });
  });

  it('of Vitest is a filter, and globs for what another shard runs', () => {
    const graph = compiled(told(vitestShards, same([...suite, 'shop/deep/cart.js']), 4));
    const report = (n: number) =>
      `npx vitest run --reporter=default --reporter=json --outputFile.json=shard-${n}.report.json`;
    expect(graph.nodes.map(({ id }) => commandOf(graph, id))).toEqual([
      `${report(1)} shop/cart.js --exclude="$PWD/shop/deep/cart.js"`,
      `${report(2)} 'shop/[id] (a).js'`,
      `${report(3)} till.js`,
      `${report(4)} --exclude="$PWD/shop/cart.js" --exclude="$PWD/shop/\\\\[id\\\\] \\\\(a\\\\).js" --exclude="$PWD/till.js"`,
    ]);
  });

  it('of pytest says what counts as a file of tests, and what does not', () => {
    const graph = compiled(told(pytestShards, same(['t/test_a.py', "t/[id]/test o'b.py"]), 2));
    expect(graph.nodes.map(({ id }) => commandOf(graph, id))).toEqual([
      "pytest --junitxml=shard-1.report.xml -o junit_family=xunit1 -o 'python_files=t/test_a.py'",
      "pytest --junitxml=shard-2.report.xml -o junit_family=xunit1 --ignore-glob='/*/t/test_a.py'",
    ]);
    expect(
      wordsOf(commandOf(compiled(told(pytestShards, same(["t/[id]/test o'b.py", 'b']), 2)), 'shard-1')).at(
        -1,
      ),
    ).toBe(`python_files='t/[[]id]/test o'\\''b.py'`);
  });

  it.each([
    ['go test -race', 'go test -race', []],
    ['gotestsum', 'gotestsum --junitfile out/shard-1.report.xml --', [{ path: 'out/shard-1.report.xml' }]],
    [
      'go tool gotestsum --format dots -- -race',
      'go tool gotestsum --format dots --junitfile out/shard-1.report.xml -- -race',
      [{ path: 'out/shard-1.report.xml' }],
    ],
  ])('of Go, started as %s, selects whole names in all packages', (command, start, reports) => {
    const graph = compiled(
      told(goShards, same(['TestA', 'TestB', 'Example']), 2, { command, reportDir: 'out' }),
    );
    expect(commandOf(graph, 'shard-1')).toBe(`${start} -run '^(TestA|Example)$' ./...`);
    expect(commandOf(graph, 'shard-2')).toBe(
      `${start.replace('shard-1', 'shard-2')} -skip '^(TestA|Example)$' ./...`,
    );
    expect(graph.nodes[0]?.work).toMatchObject(reports.length === 0 ? {} : { reports });
  });

  it('is plain where the runner has one shard to itself', () => {
    const runs = RUNNERS.map(([, runner]) => {
      const graph = compiled(told(runner, same(['a', 'b']), 1, { command: 'RUN' }));
      return commandOf(graph, 'shard-1');
    });
    expect(runs).toEqual([
      'RUN --json --outputFile=shard-1.report.json',
      'RUN --reporter=default --reporter=json --outputFile.json=shard-1.report.json',
      'RUN --junitxml=shard-1.report.xml -o junit_family=xunit1',
      'RUN ./...',
    ]);
  });

  it('can be run again for its failed tests alone', () => {
    for (const [, runner] of RUNNERS) {
      const graph = compiled(told(runner, same(["a b'c", 'd$e', 'f']), 2));
      for (const { id } of graph.nodes) expect(parseCommand(commandOf(graph, id))).toBeDefined();
    }
  });

  it('of any other runner has {files} in it', () => {
    const runner = anyShards({ list: 'ls' });
    expect(refusal(() => told(runner, same(['a']), 1, { command: 'mocha' }))).toMatch(
      /--run needs \{files\}/,
    );
  });
});
