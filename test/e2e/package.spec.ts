import { execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/e2e-cli';
import { temporaryDir } from '../support/e2e-files';

/** What `npm pack` packs, installed in a folder that knows nothing of the repository. */

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const GRAPH = `name: strange
nodes:
  - id: build
    run: 'echo "version=1.2" >> "$REPRISE_OUTPUT"'
  - id: test
    needs: [build]
    when: "results.build.outputs.version = '1.2'"
    run: test "$REPRISE_NODE" = test
`;

const PROGRAM = `import { compileGraph, isRepriseError, runGraph } from 'reprise';
import { readFileSync } from 'node:fs';
const graph = readFileSync('g.yaml', 'utf8');
const events = [];
const outcome = await runGraph(graph, { jobId: 'program', onEvent: ({ type }) => events.push(type) });
const stopped = await runGraph(
  { name: 'long', nodes: [{ id: 'wait', run: 'sleep 60' }] },
  { signal: AbortSignal.abort() },
);
const wrong = await runGraph('name: g\\nnodes: [{ id: a, run: x, needs: [b] }]').catch((error) => error);
console.log(JSON.stringify({
  status: outcome.status,
  nodes: Object.keys(outcome.nodes),
  last: events.at(-1),
  stopped: stopped.status,
  machines: compileGraph(graph).machines.length,
  code: isRepriseError(wrong) && wrong.code,
}));
`;

const CALLER = `import { createClient } from 'reprise/client';
import { readFileSync } from 'node:fs';
const { url: api, token } = JSON.parse(readFileSync('.reprise/server.json', 'utf8'));
const reprise = createClient({ api, token });
const execution_graph = { name: 'called', nodes: [{ id: 'a', run: 'true' }] };
const { job_id: jobId } = await reprise.submitJob({ body: { execution_graph } });
for (;;) {
  const { status } = await reprise.getJob({ path: { jobId } });
  if (status !== 'submitted' && status !== 'running') {
    console.log(status);
    break;
  }
  await new Promise((wake) => setTimeout(wake, 50));
}
`;

const TYPED = `import { compileGraph, type RunOutcome, RepriseError, runGraph } from 'reprise';
import { createClient } from 'reprise/client';
export async function statusOf(jobId: string): Promise<string> {
  const reprise = createClient({ api: 'http://127.0.0.1:4620', token: 'x' });
  // @ts-expect-error: no job without its id
  await reprise.getJob({ path: {} });
  return (await reprise.getJob({ path: { jobId } })).status;
}
export async function passed(graph: string): Promise<boolean> {
  const { status, nodes }: RunOutcome = await runGraph(graph, { slots: 2 });
  const failed: string[] = Object.entries(nodes).flatMap(([id, node]) => (node.status === 'failed' ? [id] : []));
  // @ts-expect-error: a compiled graph has no such member
  compileGraph(graph).nonsense;
  // @ts-expect-error: slots are a number
  await runGraph(graph, { slots: 'two' });
  if (failed.length > 0) throw new RepriseError('INPUT_INVALID', failed.join());
  return status === 'succeeded';
}
`;

let packed: Packed;
let home: string;

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Packs in a folder of its own: others may be reading what the repository has built. */
function pack(): string {
  const dir = temporaryDir();
  for (const name of ['bin', 'lib', 'dashboard', 'scripts', 'models', 'node_modules', 'tsconfig.json'])
    symlinkSync(resolve(name), join(dir, name));
  for (const name of ['package.json', 'README.md', 'LICENSE']) copyFileSync(name, join(dir, name));
  const said = run('npm', ['pack', '--json', '--silent'], dir);
  [packed] = JSON.parse(said.slice(said.indexOf('[\n'))) as [Packed];
  return join(dir, packed.filename);
}

beforeAll(() => {
  const tarball = pack();
  home = temporaryDir();
  writeFileSync(join(home, 'package.json'), '{ "name": "strange", "private": true }');
  writeFileSync(join(home, 'g.yaml'), GRAPH);
  run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], home);
}, 120_000);

describe('an installed package', () => {
  it('is the code that runs, its types and its licences, and depends on no other package', () => {
    const apart = /^dist\/(api|cli|dashboard|types)\//;
    expect(packed.files.map(({ path }) => path).filter((path) => !apart.test(path))).toEqual([
      ...['LICENSE', 'README.md', 'dist/client.js', 'dist/index.js'],
      ...['dist/reprise.js', 'dist/THIRD-PARTY-NOTICES.txt', 'package.json'],
    ]);
    expect(packed.size).toBeLessThan(4_500_000);
    const manifest = JSON.parse(readFileSync(join(home, 'node_modules/reprise/package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(readdirSync(join(home, 'node_modules')).sort()).toEqual(['.bin', '.package-lock.json', 'reprise']);
  });

  it('weighs what docs/packaging.md says, to a tenth', () => {
    const page = readFileSync('docs/packaging.md', 'utf8');
    const said = new Map(
      [...page.matchAll(/^\| `(\S+)` \| ([\d.]+) \|/gm)].map(([, path = '', mb]) => [path, Number(mb)]),
    );
    const weight = (isOf: (path: string) => boolean) =>
      packed.files.reduce((sum, { path, size }) => sum + (isOf(path) ? size : 0), 0) / 1e6;
    const weighed = new Map([...said.keys()].map((part) => [part, weight((path) => path.startsWith(part))]));
    const [, small, large] = /^([\d.]+) MB packed, ([\d.]+) MB installed:$/m.exec(page) ?? [];
    const pairs = [
      ...[...said].map(([part, mb]) => [part, mb, weighed.get(part) ?? 0] as const),
      ['packed', Number(small), packed.size / 1e6] as const,
      ['installed', Number(large), packed.unpackedSize / 1e6] as const,
    ];
    expect(said.size).toBe(5);
    expect(pairs.filter(([, mb, real]) => Math.abs(mb - real) > Math.max(0.1 * real, 0.01))).toEqual([]);
  });

  it('asks at run time for nothing but Node, and for what its packages can do without', () => {
    const dist = join(home, 'node_modules/reprise/dist');
    const pieces = readdirSync(join(dist, 'cli')).filter((name) => name.endsWith('.js'));
    const files = ['index.js', 'client.js', ...pieces.map((name) => join('cli', name))];
    const asked = new Set(
      files.flatMap((file) => {
        const text = readFileSync(join(dist, file), 'utf8');
        return [...text.matchAll(/(?:require\)?\(|\bfrom|\bimport\(?)"([@a-z][\w@/:.-]*)"/g)].map(
          ([, from]) => from,
        );
      }),
    );
    expect(pieces).toEqual(expect.arrayContaining(['reprise.js', 'evaluator.js', 'chaos-player.js']));
    expect([...asked].filter((from = '') => !from.startsWith('node:') && !isBuiltin(from)).sort()).toEqual([
      // Faster ways of `ws`, and a signature of S3 that is not asked for.
      ...['@aws-sdk/signature-v4-crt', 'bufferutil', 'utf-8-validate'],
    ]);
  });

  it('runs a graph with a condition, and verifies its journal', () => {
    const result = JSON.parse(run('npx', ['--no', 'reprise', 'run', 'g.yaml', '--json', '--job', 'j'], home));
    expect(result).toMatchObject({ status: 'succeeded', nodes: { test: { status: 'succeeded' } } });
    expect(run('node_modules/.bin/reprise', ['journal', 'verify', 'j'], home)).toMatch(
      /^valid: \d+ events of j/,
    );
  });

  it('serves its pages with all that they load, and is a client of itself', async () => {
    const daemon = spawn(process.execPath, ['node_modules/reprise/dist/reprise.js', 'serve', '--port', '0'], {
      cwd: home,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    daemon.stderr.on('data', (chunk) => {
      said += chunk;
    });
    try {
      await until(() => said.includes('serving '), 'the daemon listens');
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) as unknown as [string];
      for (const page of [`${url}/`, `${url}/api/`]) {
        const text = await (await fetch(page)).text();
        const loaded = [...text.matchAll(/(?:src|href)="([^":]+\.(?:js|css))"/g)].map(
          ([, name = '']) => name,
        );
        expect(loaded.length).toBeGreaterThan(0);
        for (const name of loaded) expect((await fetch(new URL(name, page))).status).toBe(200);
      }
      writeFileSync(join(home, 'caller.mjs'), CALLER);
      // Not `run`: the daemon writes meanwhile, and would wait for who reads.
      const { stdout } = await promisify(execFile)(process.execPath, ['caller.mjs'], { cwd: home });
      expect(stdout).toBe('succeeded\n');
    } finally {
      daemon.kill();
    }
  });

  it('is a library for programs', () => {
    writeFileSync(join(home, 'program.mjs'), PROGRAM);
    expect(JSON.parse(run(process.execPath, ['program.mjs'], home))).toEqual({
      ...{ status: 'succeeded', nodes: ['build', 'test'], last: 'job.completed' },
      ...{ stopped: 'cancelled', machines: 1, code: 'GRAPH_UNKNOWN_DEPENDENCY' },
    });
  });

  it('has types that stand on their own', () => {
    mkdirSync(join(home, 'typed'));
    writeFileSync(join(home, 'typed/typed.ts'), TYPED);
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: false, noEmit: true },
      ...{ types: ['node'], typeRoots: [resolve('node_modules/@types')] },
    };
    writeFileSync(join(home, 'typed/tsconfig.json'), JSON.stringify({ compilerOptions }));
    expect(() =>
      run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', 'typed'], home),
    ).not.toThrow();
  });
});
