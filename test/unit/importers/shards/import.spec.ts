import { readFileSync } from 'node:fs';
import { importShards, type ShardOptions } from '../../../../lib/importers/shards/import';
import type { ShardRunner } from '../../../../lib/importers/shards/runner';
import {
  anyShards,
  goShards,
  jestShards,
  pytestShards,
  vitestShards,
} from '../../../../lib/importers/shards/runners';
import { commandOf, compiled, fixture, foreign, noteLines, refusal } from '../support';

const of = (runner: ShardRunner, value: unknown, options: Partial<ShardOptions> = {}) =>
  importShards(foreign(value), runner, { name: 'x', shards: 2, root: '/srv/shop', ...options });
const recorded = (runner: ShardRunner, path: string, options: Partial<ShardOptions> = {}) =>
  importShards(fixture(path), runner, { name: 'x', shards: 2, root: '/srv/shop', ...options });
const report = (name: string) => readFileSync(`test/fixtures/reports/${name}`, 'utf8');

/** A report of Jest: seconds by file. */
const suites = (files: Record<string, number | undefined>, more: object = {}) => ({
  testResults: Object.entries(files).map(([name, seconds]) => ({
    ...{ name: `/srv/shop/${name}`, startTime: 0, endTime: (seconds ?? 0) * 1_000, assertionResults: [] },
  })),
  ...more,
});
const durations = (imported: ReturnType<typeof of>) =>
  compiled(imported).nodes.map(({ id, durationMs }) => [id, durationMs]);

describe('shards by recorded time', () => {
  it('take about the same time, and the shortest runs what no other does', () => {
    const imported = of(jestShards, suites({ a: 60, b: 50, c: 10, d: 20, e: 30, f: 41 }));
    expect(durations(imported)).toEqual([
      ['shard-1', 110_000],
      ['shard-2', 101_000],
    ]);
    expect(commandOf(compiled(imported), 'shard-1')).toContain("'/(?:a|d|e)$'");
    expect(noteLines(imported)).toEqual([
      'info $: 6 files over 2 shards by recorded time: the longest shard has 1.04 times the mean; with the same number of files each it would have 1.14 times the mean',
      'info $: shard-2, the shortest, runs all that no other shard does, so new files too. Import again when the shards drift apart, or nothing is left of one',
    ]);
  });

  it('count what has no time as the median, and say so', () => {
    const imported = of(jestShards, suites({ a: 1, b: 9, c: 5, d: undefined }));
    expect(durations(imported).map(([, ms]) => ms)).toEqual([10_000, 10_000]);
    expect(noteLines(imported)).toContain(
      'info $: files without a recorded time count as the median, 5000 ms: d',
    );
  });

  it('have the same number each, and no duration, where no time is known', () => {
    const imported = of(jestShards, suites({ a: undefined, b: undefined, c: undefined, d: undefined }));
    expect(durations(imported)).toEqual([
      ['shard-1', undefined],
      ['shard-2', undefined],
    ]);
    expect(noteLines(imported)).toContain(
      'info $: files without a recorded time count as nothing: a, b, c, d',
    );
  });

  it('keep together what the runner cannot tell apart', () => {
    const imported = of(jestShards, suites({ 'cart.js': 1, 'shop/Cart.js': 1, 'till.js': 1 }), { shards: 3 });
    expect(durations(imported)).toEqual([
      ['shard-1', 2_000],
      ['shard-2', 1_000],
    ]);
    expect(noteLines(imported)).toEqual(
      expect.arrayContaining([
        'changed $: 3 shards were asked for, there are only 2 files to tell apart',
        'info $: cart.js, shop/Cart.js: they go to one shard, as what selects one of them selects another too',
      ]),
    );
  });

  it('expect the workers that the report shows, and no less than the longest file', () => {
    const files = { a: 8, b: 8, c: 8, d: 8 };
    const staggered = suites(files, { startTime: 0 });
    // Four files of eight seconds, two at a time.
    staggered.testResults.forEach((each, i) => {
      Object.assign(each, i < 2 ? {} : { startTime: 8_000, endTime: 16_000 });
    });
    expect(durations(of(jestShards, staggered)).map(([, ms]) => ms)).toEqual([8_000, 8_000]);
    const long = suites({ a: 30, b: 2, c: 1 }, { startTime: 0 });
    expect(durations(of(jestShards, long))[0]).toEqual(['shard-1', 30_000]);
    expect(noteLines(of(jestShards, long)).join('\n')).toMatch(/a alone takes 1\.82 times the mean/);
  });

  it('end in a node of their reports, whatever became of them', () => {
    const graph = compiled(of(jestShards, suites({ a: 1, b: 1 }), { merge: 'cat *.json' }));
    expect(graph.nodes.at(-1)).toMatchObject({
      ...{ id: 'report', needs: ['shard-1', 'shard-2'], trigger: 'all_done', work: { run: 'cat *.json' } },
    });
  });

  it('say what the paths of another machine are taken for, and take what is said', () => {
    const files = suites({ 'src/a.js': 1, 'src/x/b.js': 1 });
    const elsewhere = of(vitestShards, files, { root: '/home/me/shop' });
    expect(commandOf(compiled(elsewhere), 'shard-1')).toMatch(/ a\.js$/);
    expect(noteLines(elsewhere)[0]).toMatch(/taken as below \/srv\/shop\/src\/: say it with --root/);
    expect(commandOf(compiled(of(vitestShards, files)), 'shard-1')).toMatch(/ src\/a\.js$/);
  });

  it('are of a large suite', () => {
    const files = Object.fromEntries(
      Array.from({ length: 800 }, (_, i) => [`t/file-${i}.js`, ((i * 7_919) % 60) + 1]),
    );
    const imported = of(jestShards, suites(files), { shards: 40 });
    expect(compiled(imported).nodes).toHaveLength(40);
    expect(noteLines(imported)[0]).toMatch(/the longest shard has 1\.0\d times the mean; /);
  });
});

describe('recorded times', () => {
  const named = (runner: ShardRunner, path: string) =>
    compiled(recorded(runner, path, { shards: 20 })).nodes.map(({ id, durationMs }) => [id, durationMs]);

  it('of pytest-split are of the files that its node ids begin with', () => {
    const imported = recorded(pytestShards, 'shards/pytest.test_durations', { shards: 4 });
    const graph = compiled(imported);
    expect(commandOf(graph, 'shard-1')).toContain("'python_files=backend/tests/test_cart.py'");
    expect(graph.nodes[0]?.durationMs).toBe(300);
    expect(commandOf(graph, 'shard-3')).toContain('backend/tests/[[]id]/test_b.py');
  });

  it.each(['pytest-xunit1.xml', 'pytest-xunit2.xml'])('of pytest are in its JUnit report (%s)', (name) => {
    const imported = of(pytestShards, report(name), { shards: 9 });
    expect(noteLines(imported)[0]).toMatch(/3 files over 3 shards/);
  });

  it('of pytest say what was not collected', () => {
    expect(noteLines(of(pytestShards, report('pytest-collection.xml'))).join('\n')).toMatch(
      /was not collected/,
    );
  });

  it.each(['go-test.jsonl', 'gotestsum.xml'])(
    'of Go are of its tests without their subtests (%s)',
    (name) => {
      expect(named(goShards, `shards/${name}`)).toHaveLength(7);
      const imported = recorded(goShards, `shards/${name}`, { shards: 3 });
      expect(compiled(imported).nodes.map(({ id }) => commandOf(compiled(imported), id))).toEqual([
        "go test -run '^(TestRefund)$' ./...",
        "go test -run '^(TestAdd)$' ./...",
        "go test -skip '^(TestRefund|TestAdd)$' ./...",
      ]);
      expect(noteLines(imported).join('\n')).toMatch(/count as the median, 30 ms: TestSkipped/);
    },
  );

  it('of Go name packages that were not built, tests that did not end, and no benchmarks', () => {
    const events = [
      { Action: 'build-fail', ImportPath: 'shop/broken' },
      { Action: 'fail', Package: 'shop/broken', Elapsed: 0 },
      { Action: 'run', Package: 'shop/till', Test: 'TestHangs' },
      { Action: 'fail', Package: 'shop/till', Elapsed: 9 },
      { Action: 'pass', Package: 'shop/cart', Test: 'TestAdd', Elapsed: 2 },
      { Action: 'bench', Package: 'shop/cart', Test: 'BenchmarkAdd' },
    ];
    const text = ['go: downloading x v1', ...events.map((event) => JSON.stringify(event)), ''].join('\n');
    const lines = noteLines(of(goShards, text)).join('\n');
    expect(lines).toMatch(/shop\/broken failed before its tests, so the report names none of them/);
    expect(lines).toMatch(/count as the median, 2000 ms: TestHangs/);
    expect(lines).toMatch(/2 tests over 2 shards/);
    expect(lines).not.toMatch(/shop\/till failed/);
  });

  it('of any report that names files are added up by file', () => {
    const runner = anyShards({ list: 'ls t' });
    const xml = `<testsuites><testsuite>
      <testcase name="a" classname="x" file="t/a.rb" time="2"/><testcase name="b" classname="x" file="t/a.rb" time="3"/>
      <testcase name="c" classname="x" file="/srv/shop/t/c.rb" time="4"/>
      <testcase name="d" classname="x" file="t/d.rb"><skipped/></testcase>
    </testsuite></testsuites>`;
    const imported = of(runner, xml, { command: 'rspec {files}', shards: 3, reports: 'out/{{ node }}.xml' });
    expect(durations(imported).map(([, ms]) => ms)).toEqual([5_000, 4_500, 4_000].sort((a, b) => b - a));
    const graph = compiled(imported);
    expect(commandOf(graph, 'shard-1')).toContain('grep -xF -e t/a.rb)');
    expect(graph.nodes[0]?.work).toMatchObject({ reports: [{ path: 'out/shard-1.xml' }] });
  });

  it.each<[string, ShardRunner, unknown, RegExp]>([
    ['no test', jestShards, { testResults: [] }, /names no files to run/],
    ['no result', vitestShards, {}, /testResults: is missing/],
    [
      'a wrong time',
      jestShards,
      { testResults: [{ name: 'a', endTime: 'x' }] },
      /testResults\[0\]\.endTime: expected/,
    ],
    ['a negative time', pytestShards, { 'a.py::b': -1 }, /'?a\.py::b/],
    ['broken JSON', pytestShards, '{"a', /given:1:/],
    ['broken XML', pytestShards, '<testsuites><', /no report as JUnit/],
    ['a broken line', goShards, '{"Action":"pass"}\n{"Action":', /line 2 is no event of go test -json/],
    ['an empty file', goShards, '', /names no tests to run/],
    ['another form', anyShards({ list: 'ls' }), { a: 1 }, /no report of tests that is known/],
    [
      'no files',
      anyShards({ list: 'ls' }),
      '<testsuite><testcase name="a" classname="x"/></testsuite>',
      /in which file "a" is/,
    ],
    [
      'no files of pytest',
      pytestShards,
      '<testsuite><testcase name="a" classname="x"/></testsuite>',
      /junit_family=xunit1/,
    ],
  ])('with %s are refused', (_, runner, value, message) => {
    expect(refusal(() => of(runner, value, { command: '{files}' }))).toMatch(message);
  });

  it('of more than one command can name are refused', () => {
    const files = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`some/long/path/${i}.js`, 1]));
    expect(refusal(() => of(jestShards, suites(files)))).toMatch(/names 3000 files .* split the suite first/);
  });
});
