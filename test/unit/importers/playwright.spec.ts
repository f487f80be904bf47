import { filePattern } from '../../../lib/importers/playwright/command';
import { importPlaywright } from '../../../lib/importers/playwright/import';
import { commandOf, compiled, fixture, foreign, noteLines, refusal } from './support';

const recorded = (shards: number, setup: string[] = []) =>
  importPlaywright(fixture('playwright/report.json'), { name: 'shop', shards, setup });

/** A report of files with one test each. A duration that is undefined means that nothing ran. */
function report(files: Record<string, number | undefined>, config: object = {}) {
  return {
    config: { rootDir: '/srv/shop', configFile: '/srv/shop/playwright.config.ts', workers: 1, ...config },
    suites: Object.entries(files).map(([file, duration]) => ({
      title: file,
      file,
      specs: [
        {
          file,
          tests: [
            {
              projectName: file.startsWith('auth') ? 'setup' : 'desktop',
              results: duration === undefined ? [{ status: 'skipped', duration: 0 }] : [{ duration }],
            },
          ],
        },
      ],
    })),
  };
}

const of = (value: unknown, shards = 2, setup: string[] = []) =>
  importPlaywright(foreign(value), { name: 'x', shards, setup });

describe('a report of Playwright', () => {
  it('becomes shards that run every file once, and a report of them all', () => {
    const graph = compiled(recorded(3, ['setup', 'cleanup']));
    expect(graph.nodes.map(({ id }) => id)).toEqual(['shard-1', 'shard-2', 'shard-3', 'report']);
    const files = graph.nodes
      .slice(0, 3)
      .flatMap(({ id }) => commandOf(graph, id).match(/tests\/(?:[^\s']|(?<=gift) )+/g) ?? []);
    expect(new Set(files).size).toBe(13);
    expect(files).toHaveLength(13);
    expect(graph.nodes[3]).toMatchObject({
      needs: ['shard-1', 'shard-2', 'shard-3'],
      trigger: 'all_done',
      work: {
        run: 'PLAYWRIGHT_HTML_OPEN=never npx playwright merge-reports --reporter=html "blob-report/${REPRISE_JOB:-local}"',
      },
    });
  });

  it('gives each shard its own blob and its own folder for traces', () => {
    expect(commandOf(compiled(recorded(2)), 'shard-2')).toMatch(
      /^PLAYWRIGHT_BLOB_OUTPUT_FILE="blob-report\/\$\{REPRISE_JOB:-local\}\/shard-2\.zip" npx playwright test --reporter=blob --output=test-results\/shard-2 /,
    );
  });

  it('says how even the shards are, beside a split by number of files', () => {
    const [line] = noteLines(
      of(report({ a: 60_000, b: 50_000, c: 10_000, d: 20_000, e: 30_000, f: 40_000 })),
    );
    expect(line).toMatch(/6 files over 2 shards .* 1\.05 times the mean; .* 1\.14 times the mean/);
  });

  it('counts a file without a time as the median', () => {
    const imported = of(report({ a: 1_000, b: 9_000, c: 5_000, d: undefined }), 2);
    expect(noteLines(imported).join('\n')).toMatch(/count as the median, 5000 ms: d/);
    expect(compiled(imported).nodes.map(({ durationMs }) => durationMs)).toEqual([10_000, 10_000, undefined]);
  });

  it('expects a shard to take as long as its workers need, and no less than its longest test', () => {
    const even = compiled(of(report({ a: 8_000, b: 8_000, c: 8_000, d: 8_000 }, { workers: 2 })));
    const long = compiled(of(report({ a: 30_000, b: 2_000, c: 1_000 }, { workers: 4 })));
    expect(even.nodes[0]?.durationMs).toBe(8_000);
    expect(long.nodes[0]?.durationMs).toBe(30_000);
  });

  it('leaves setup projects to Playwright, which runs them with every shard', () => {
    const files = { 'auth.ts': 2_000, a: 4_000, b: 4_000 };
    const told = of(report(files), 2, ['setup']);
    const known = of(report(files, { projects: [{ name: 'desktop', dependencies: ['setup'] }] }));
    expect(commandOf(compiled(told), 'shard-1')).not.toContain('auth.ts');
    expect(compiled(told).nodes[0]?.durationMs).toBe(6_000);
    expect(known.graph).toEqual(told.graph);
  });

  it('asks about files that look like a setup', () => {
    expect(noteLines(recorded(2)).join('\n')).toMatch(/import with --setup cleanup --setup setup/);
  });

  it('names what bears on running in shards: repeats, a web server, one long file, a report of one shard', () => {
    const config = { webServer: { command: 'x' }, shard: { current: 1, total: 3 } };
    const lines = noteLines(of(report({ a: 9_000, b: 1_000 }, config))).join('\n');
    expect(lines).toMatch(/changed config\.webServer: every shard starts/);
    expect(lines).toMatch(/changed config\.shard: the report is of shard 1 of 3/);
    expect(lines).toMatch(/a alone takes 1\.80 times the mean/);
    expect(noteLines(recorded(2)).join('\n')).toMatch(/contain 1 repeated attempts/);
  });

  it('makes no more shards than there are files', () => {
    const imported = of(report({ a: 1, b: 1 }), 5);
    expect(compiled(imported).nodes).toHaveLength(3);
    expect(noteLines(imported).join('\n')).toContain('5 shards were asked for, there are only 2 files');
  });

  it('tells Playwright a configuration that it would not find', () => {
    const graph = compiled(of(report({ a: 1 }, { configFile: '/srv/shop/e2e.config.ts' }), 1));
    expect(commandOf(graph, 'shard-1')).toContain('test --config=e2e.config.ts --reporter=blob');
    expect(commandOf(graph, 'report')).toContain('merge-reports --config=e2e.config.ts');
  });

  it('reads a large report', () => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`t/file-${i}.spec.ts`, (i * 7_919) % 60_000]),
    );
    const imported = of(report(files), 40);
    expect(compiled(imported).nodes).toHaveLength(41);
    expect(noteLines(imported)[0]).toMatch(/1\.00 times the mean; /);
  });

  it.each([
    [{}, /suites: is missing/],
    [{ suites: {} }, /suites: expected a list/],
    [{ suites: [] }, /names no test file/],
    [{ suites: [{ specs: [{ tests: [{ results: [{ duration: 'x' }] }] }] }] }, /results\[0\]\.duration/],
    [{ suites: [{ specs: [{ tests: [{ results: [{ duration: -1 }] }] }] }] }, /results\[0\]\.duration/],
    ['{"suites": [', /given:1:/],
    [`{"suites":${'[{"suites":'.repeat(200)}[]${'}]'.repeat(200)}}`, /nested more than/],
  ])('is refused with its place when it is malformed: %j', (value, message) => {
    expect(refusal(() => of(value))).toMatch(message);
  });

  it('refuses a setup project that no test ran in, and a command too long', () => {
    expect(refusal(() => recorded(2, ['setpu']))).toMatch(/"setpu": there are .*setup/);
    const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`some/long/path/${i}.ts`, 1]));
    expect(refusal(() => of(report(files), 1))).toMatch(/use more shards/);
  });
});

describe('a file on the command line of Playwright', () => {
  const matched = (pattern: string, files: readonly string[]) =>
    files.filter((file) => new RegExp(pattern, 'gi').test(`/srv/${file}`));

  it('picks that file and no other', () => {
    const files = ['a.spec.ts', 'ba.spec.ts', 'x/[id]/(group)/+page.spec.ts', 'A.spec.tsx', 'dir/a.spec.ts'];
    const unique = files.filter((file) => file !== 'a.spec.ts' && file !== 'dir/a.spec.ts');
    for (const file of unique) expect(matched(filePattern(file, files), files)).toEqual([file]);
    expect(filePattern('tests/home.spec.ts', ['tests/home.spec.ts'])).toBe('tests/home.spec.ts');
  });
});
