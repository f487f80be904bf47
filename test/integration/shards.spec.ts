import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { importShards } from '../../lib/importers/shards/import';
import type { ShardRunner } from '../../lib/importers/shards/runner';
import { anyShards, jestShards, pytestShards, vitestShards } from '../../lib/importers/shards/runners';
import { parseCommand } from '../../lib/runners/command';
import { runnerOf } from '../../lib/runners/runners';
import { pythonRunners } from '../support/python';

interface Tool {
  readonly name: string;
  readonly runner: ShardRunner;
  readonly command: string;
  /** Writes the report that is imported. */
  readonly whole: string;
  readonly report: string;
  readonly file: (base: string) => string;
  /** A file of tests, which note their names. */
  readonly text: (names: readonly string[]) => string;
  readonly more?: Readonly<Record<string, string>>;
  /** New tests that a shard may select by what it has in its command. */
  readonly mayRepeat?: readonly string[];
  /** It is one program with its arguments, so failed tests can be run again alone. */
  readonly isPlain: boolean;
}

const NOTE = `const { appendFileSync } = require('node:fs');
const note = (name) => appendFileSync(process.env.STATE, name + '\\n');
`;
const script = (head: string) => (names: readonly string[]) =>
  `${head}${names.map((name) => `test(${JSON.stringify(name)}, () => note(${JSON.stringify(name)}));\n`).join('')}`;
const LIST = "find . -name '*.check.cjs' -not -path './node_modules/*' | sed 's|^\\./||'";

const TOOLS: readonly Tool[] = [
  {
    name: 'Jest',
    runner: jestShards,
    command: 'jest --ci',
    whole: 'jest --ci --json --outputFile=all.json',
    report: 'all.json',
    file: (base) => `${base}.check.js`,
    text: script(NOTE),
    more: {
      // A root that is not where it is started from.
      'jest.config.cjs': `module.exports = {
        rootDir: 'pkg', roots: ['<rootDir>'], testMatch: ['**/*.check.js'], transform: {}, watchman: false };`,
    },
    isPlain: true,
  },
  {
    name: 'Vitest',
    runner: vitestShards,
    command: 'vitest run',
    whole: 'vitest run --reporter=json --outputFile=all.json',
    report: 'all.json',
    file: (base) => `${base}.check.mjs`,
    text: script(`import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
const note = (name) => appendFileSync(process.env.STATE, name + '\\n');
`),
    more: {
      // A project sees its files from its root, so what selects one of them may select others.
      'vitest.config.mjs': `export default {
        test: { watch: false, projects: [{ root: 'pkg', test: { include: ['**/*.check.mjs'] } }] } };`,
    },
    isPlain: true,
    mayRepeat: ['other_till'],
  },
  {
    name: 'pytest',
    runner: pytestShards,
    command: 'pytest -p no:cacheprovider',
    whole: 'pytest -p no:cacheprovider --junitxml=all.xml -o junit_family=xunit1',
    report: 'all.xml',
    file: (base) => join(dirname(base), `test_${base.split('/').at(-1)}.py`),
    text: (names) =>
      `import os\ndef note(name):\n    open(os.environ['STATE'], 'a').write(name + '\\n')\n${names
        .map((name) => `def test_${name}(): note(${JSON.stringify(name)})\n`)
        .join('')}`,
    more: { 'pytest.ini': '[pytest]\naddopts = --import-mode=importlib\n' },
    isPlain: true,
  },
  {
    name: 'any tool, here Mocha',
    runner: anyShards({ list: LIST }),
    command: 'mocha --ui qunit {files}',
    whole: `mocha --ui qunit --reporter json --reporter-option output=all.json 'pkg/**/*.check.cjs'`,
    report: 'all.json',
    file: (base) => `${base}.check.cjs`,
    text: script(NOTE),
    isPlain: false,
  },
];

/** Every file counts the same, so that what goes to which shard hangs on no clock. */
function evenly(runner: ShardRunner): ShardRunner {
  return {
    ...runner,
    read: (file, root) => {
      const timings = runner
        .read(file, root)
        .timings.map(({ name, ms }) => ({ name, ms: ms === undefined ? ms : 1_000 }));
      return { timings: timings.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    },
  };
}

let bin: string;
beforeAll(async () => {
  bin = await pythonRunners();
}, 300_000);

describe.each(TOOLS)(
  'shards of $name',
  ({ runner, command, whole, report, file, text, more = {}, isPlain, mayRepeat = [] }) => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-shards-')));
    const state = join(dir, '.state');
    afterAll(() => rmSync(dir, { recursive: true, force: true }));

    function write(path: string, content: string): void {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }

    /** @returns what ran, by the notes of the tests. */
    function run(line: string): { status: number | null; ran: string[]; said: string } {
      rmSync(state, { force: true });
      const PATH = [bin, resolve('node_modules/.bin'), process.env['PATH']].join(':');
      const env = { PATH, HOME: dir, STATE: state };
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
        cwd: dir,
        env,
        encoding: 'utf8',
      });
      const ran = existsSync(state) ? readFileSync(state, 'utf8').trim().split('\n').sort() : [];
      return { status, ran, said: `${line}\n${stdout}${stderr}` };
    }

    it('run every test in exactly one of them, also those that came, moved and went since the report', () => {
      symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
      for (const [path, content] of Object.entries(more)) write(path, content);
      const known = {
        ...{ 'pkg/cart': ['cart_one', 'cart_two'], 'pkg/till': ['till'], 'pkg/gone': ['gone'] },
        ...{ 'pkg/deep/pkg/cart': ['deep_cart'], 'pkg/with space/x': ['spaced'], 'pkg/xcart': ['xcart'] },
        ...{ 'pkg/[id]/(group)/p': ['bracket'], 'pkg/CART': ['upper'] },
      };
      for (const [base, names] of Object.entries(known)) write(file(base), text(names));
      const first = run(whole);
      expect([first.said, first.ran]).toEqual([first.said, Object.values(known).flat().sort()]);
      const { graph } = importShards(
        { text: readFileSync(join(dir, report), 'utf8'), source: report },
        evenly(runner),
        { name: 'suite', shards: 3, root: dir, command },
      );
      rmSync(join(dir, file('pkg/gone')));
      write(file('pkg/till'), text(['till', 'till_new']));
      write(file('pkg/new/fresh'), text(['fresh']));
      write(file('pkg/new/till'), text(['other_till']));
      const left = { ...known, 'pkg/till': ['till', 'till_new'], 'pkg/gone': [] };
      const wanted = [...Object.values(left).flat(), 'fresh', 'other_till'].sort();

      const shards = graph.nodes.map(({ run: line = '' }) => run(line));
      expect(shards.map(({ said, status }) => (status === 0 ? 'passed' : said))).toEqual(
        shards.map(() => 'passed'),
      );
      const all = shards.flatMap(({ ran }) => ran).sort();
      expect([...new Set(all)]).toEqual(wanted);
      const repeated = all.filter((name, i) => name === all[i + 1]);
      expect(repeated.filter((name) => !mayRepeat.includes(name))).toEqual([]);
      expect(shards).toHaveLength(3);
      expect(shards.every(({ ran }) => ran.length < wanted.length)).toBe(true);
      for (const { run: line = '', reports = [] } of graph.nodes) {
        const parsed = parseCommand(line);
        expect(parsed !== undefined && runnerOf(parsed) !== undefined).toBe(isPlain);
        for (const each of reports as string[]) expect(existsSync(join(dir, each))).toBe(true);
      }
    }, 300_000);
  },
);
