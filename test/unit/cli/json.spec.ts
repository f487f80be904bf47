import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { wordsOf } from '../../../lib/cli/audited';
import { buildProgram } from '../../../lib/cli/commands';
import { main } from '../../../lib/cli/main';
import { type Daemon, startDaemon } from '../../../lib/server/daemon';
import { instantExecutor } from '../../support/instant-executor';

jest.setTimeout(60_000);

/** Commands that print no document, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  serve: 'it goes on until it is ended, and says what it does on standard error',
  agent: 'the same',
  'journal export': 'what it writes is the export, in the format that it is asked for',
  'events reference': 'what it writes is a page',
};

const GRAPH = 'name: g\nnodes: [{ id: a, run: "echo hello" }]\n';
const FILES = {
  'g.graph.yaml': GRAPH,
  'broken.graph.yaml': 'name: b\nnodes: [{ id: a, run: "false" }]\n',
  'nightly.yaml': 'name: nightly\non: { schedule: { cron: "0 2 * * *" } }\njob: { graph: g.graph.yaml }\n',
  'event.yaml': 'source: ci\ndetail-type: built\ndetail: {}\n',
  'notify.yaml': 'targets: {}\nrules: []\n',
  'config.yaml': 'retries: { explore: 0.05 }\n',
  'failures.jsonl': '{"id":"1","message":"connect ECONNREFUSED"}\n',
  'ci.yml': 'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n',
  '.gitlab-ci.yml': 'a: { script: ["true"] }\n',
  'circle.yml':
    'version: 2.1\njobs: { a: { docker: [{ image: x }], steps: [{ run: "true" }] } }\nworkflows: { w: { jobs: [a] } }\n',
  'argo.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: w }\nspec: { entrypoint: a, templates: [{ name: a, container: { image: x, command: ["true"] } }] }\n',
  'buildkite.yml': 'steps: [{ label: a, command: "true" }]\n',
  'junit.xml':
    '<testsuites><testsuite name="s"><testcase name="t" classname="c" time="1"/></testsuite></testsuites>',
};

/**
 * Words behind a command, with what commands before it printed. `error`: this machine has nothing to answer with. `lines`:
 * what it prints comes line by line, and so do its documents.
 */
type Row = readonly [words: string, args?: string, ends?: 'error' | 'lines'];

const SHARDS = ['playwright', 'pytest', 'jest', 'vitest', 'junit', 'detect'];
const ROWS: readonly Row[] = [
  ['init', 'app --dry-run', 'error'],
  ['import github-actions', 'ci.yml'],
  ['import gitlab', '.gitlab-ci.yml'],
  ['import circleci', 'circle.yml'],
  ['import argo', 'argo.yaml'],
  ['import buildkite', 'buildkite.yml'],
  ['import nx', 'junit.xml', 'error'],
  ['import turbo', 'junit.xml', 'error'],
  ['import go', 'junit.xml --shards 2'],
  ...SHARDS.map((kind): Row => [`import ${kind}`, 'junit.xml --shards 2', 'error']),
  ['export github-actions', 'g.graph.yaml'],
  ['export gitlab', 'g.graph.yaml'],
  ['compile', 'g.graph.yaml'],
  ['graph', 'g.graph.yaml'],
  ['simulate', 'g.graph.yaml --workers 2'],
  ['submit', 'g.graph.yaml'],
  ['run', 'broken.graph.yaml --job broken', 'error'],
  ['run', 'g.graph.yaml --job here'],
  ['list'],
  ['show', 'here'],
  ['watch', 'here', 'lines'],
  ['logs', 'here', 'lines'],
  ['cancel', 'here', 'error'],
  ['pause', 'here', 'error'],
  ['unpause', 'here', 'error'],
  ['explain', 'broken a'],
  ['retries', 'broken'],
  ['recoveries', 'broken'],
  ['report', 'here'],
  ['annotate', 'here --for gitlab'],
  ['trace', 'here'],
  ['correct', 'broken a --class network --reason r'],
  ['dlq list'],
  ['dlq show', '{group}'],
  ['dlq assign', '{group} --to ben'],
  ['dlq note', '{group} seen'],
  ['dlq redrive', '{group}', 'error'],
  ['dlq resolve', '{group} --how abort'],
  ['resume', 'broken', 'error'],
  ['retry', 'broken a', 'error'],
  ['rollback', 'broken --reason r', 'error'],
  ['share', '{job} ben'],
  ['unshare', '{job} ben'],
  ['flakes'],
  ['quarantine add', 'aaaaaaaaaaaaaaaa --owner o --reason r --expires 1d --of test --name t'],
  ['quarantine list'],
  ['quarantine remove', 'aaaaaaaaaaaaaaaa'],
  ['classify', 'failures.jsonl'],
  ['effectiveness'],
  ['trigger set', 'nightly.yaml'],
  ['trigger list'],
  ['trigger show', 'nightly'],
  ['trigger fire', 'nightly'],
  ['trigger pause', 'nightly'],
  ['trigger unpause', 'nightly'],
  ['trigger delete', 'nightly'],
  ['event', 'event.yaml'],
  ['events list'],
  ['events schemas'],
  ['notify list'],
  ['notify show', 'nobody', 'error'],
  ['notify test', 'nobody', 'error'],
  ['notify ack', 'nobody a', 'error'],
  ['notify redrive', 'nobody', 'error'],
  ['notify check', 'notify.yaml'],
  ['workers list'],
  ['workers cordon', 'w1 --reason r', 'error'],
  ['workers uncordon', 'w1', 'error'],
  ['queue list'],
  ['queue show'],
  ['queue set', '--max-running-jobs 5'],
  ['dependency list'],
  ['dependency force', 'mail --state open'],
  ['dependency show', 'mail'],
  ['dependency reset', 'mail'],
  ['health'],
  ['doctor', 'g.graph.yaml --port 0'],
  ['config show'],
  ['config check', 'config.yaml'],
  ['config set', 'retries.explore 0.1'],
  ['config unset', 'retries.explore'],
  ['config history'],
  ['predictions'],
  ['bottlenecks'],
  ['capacity'],
  ['what-if'],
  ['chaos', '--jobs 1 --seed 1'],
  ['journal verify', 'here'],
  ['journal show', 'here'],
  ['journal replay', 'here'],
  ['journal diff', 'here --from 1'],
  ['journal anchor'],
  ['journal key'],
  ['audit list'],
  ['audit report', '--from 2026-01-01'],
  ['cleanup', '--dry-run'],
  ['migrate', '--dry-run'],
  ['profile add', 'p --api http://127.0.0.1:9'],
  ['profile list'],
  ['profile use', 'p'],
  ['profile use', 'local'],
  ['profile remove', 'p'],
  ['token', '--env local'],
  ['completion', 'bash'],
];

const before = { cwd: process.cwd(), env: { ...process.env } };
const known = { group: '', job: '' };
let daemon: Daemon;

beforeAll(async () => {
  // The head of a journal, a cache, may be written once more after the daemon has ended.
  const dir = mkdtempSync(join(tmpdir(), 'reprise-json-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text);
  cpSync(resolve('models'), join(dir, 'models'), { recursive: true });
  process.chdir(dir);
  process.env['XDG_CONFIG_HOME'] = join(dir, '.config');
  daemon = await startDaemon({
    ...{ layout: layoutOf(join(dir, '.reprise')), host: '127.0.0.1', port: 0, owner: 'ana' },
    machine: { cwd: dir, slots: 2, suites: {}, env: [] },
    executor: instantExecutor,
    config: { file: join(dir, 'none.yaml'), environment: {}, flags: {} },
    ...{ clock: Date.now, random: Math.random, warn: () => {} },
  });
});
afterAll(async () => {
  await daemon.close();
  process.chdir(before.cwd);
  process.env = before.env;
});

/** What a command line prints, and how it ends. */
async function printed(argv: readonly string[]): Promise<{ readonly text: string; readonly code: unknown }> {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await main(['node', 'reprise', ...argv]);
    return { text: out.mock.calls.map(([text]) => String(text)).join(''), code: process.exitCode ?? 0 };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    err.mockRestore();
  }
}

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

describe('--json', () => {
  it('is taken by every command but those that print no document, and is tried of each', async () => {
    const all = (await buildProgram()).commands.flatMap(leaves);
    const takes = all.filter(({ options }) => options.some(({ long }) => long === '--json')).map(wordsOf);
    expect(
      all
        .map(wordsOf)
        .filter((words) => !takes.includes(words))
        .sort(),
    ).toEqual(Object.keys(WITHOUT).sort());
    expect([...new Set(ROWS.map(([words]) => words))].sort()).toEqual([...takes].sort());
  });

  it.each(ROWS)('%s %s: one document, whatever comes of it', async (words, args = '', ends) => {
    const line = `${words} ${args}`.replace(/\{(\w+)\}/g, (_, name: 'group' | 'job') => known[name]);
    const { text, code } = await printed([...line.split(' ').filter(Boolean), '--json']);
    const documents = (ends === 'lines' ? text.trimEnd().split('\n') : [text]).map((each) =>
      JSON.parse(each),
    );
    for (const each of documents) expect({ line, each }).toEqual({ line, each: expect.any(Object) });
    expect({ text, hasFailed: code !== 0 }).toEqual({ text, hasFailed: ends === 'error' });
    if (words === 'dlq list') known.group = documents[0].groups[0].group;
    if (words === 'submit') known.job = documents[0].jobId;
  });

  const files = new RegExp(
    `(^| )(${Object.keys(FILES)
      .map((name) => name.replaceAll('.', '\\.'))
      .join('|')})( |$)`,
  );
  it.each(ROWS.filter(([, args = '']) => files.test(args)))(
    '%s %s: a directory in place of the file is called one',
    async (words, args = '') => {
      const line = `${words} ${args.replace(files, '$1.$3')}`;
      const { text, code } = await printed([...line.split(' ').filter(Boolean), '--json']);
      const message = expect.stringContaining('it is a directory, and a file is wanted');
      expect({ line, code, document: JSON.parse(text) }).toEqual({
        line,
        code: 2,
        document: { error: { code: 'INPUT_INVALID', message } },
      });
    },
  );
});
