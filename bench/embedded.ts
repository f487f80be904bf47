import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Graph } from '../lib/core/dag/graph';
import { seededRandom, sparseDag } from '../test/support/graphs';
import { available, type Contender, ratioTable, sideBySide } from './measure';

const NODES = 1_066;
const WORKERS = 50;
const TURNS = 7;

/**
 * 1,066 commands that do nothing, over the same graph, 50 at a time: `reprise run` with its durable journal beside
 * a bare spawn loop (the obvious program for it), make and ninja. Whole commands, the start of Node included; both
 * programs of ours are bundled JavaScript.
 */
export async function benchEmbedded(): Promise<void> {
  const graph = sparseDag(NODES, 3, seededRandom(7));
  const dir = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  try {
    execFileSync(process.execPath, ['scripts/build.mjs']);
    const timings = await sideBySide(contenders(graph, dir), TURNS);
    console.log(`\n### ${NODES} no-op commands, ${WORKERS} at a time\n`);
    console.log(ratioTable(timings, 'bare spawn loop'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function contenders(graph: Graph, dir: string): Contender[] {
  const file = join(dir, 'bench.graph.json');
  const nodes = graph.nodes.map(({ id, needs }) => ({ id, run: ':', needs: [...needs] }));
  writeFileSync(file, JSON.stringify({ name: 'bench', nodes }));
  writeFileSync(join(dir, 'Makefile'), makefile(graph));
  writeFileSync(join(dir, 'build.ninja'), ninjafile(graph));
  const loop = join(dir, 'spawn-loop.cjs');
  buildSync({ entryPoints: ['bench/spawn-loop.ts'], outfile: loop, bundle: true, platform: 'node' });
  let turn = 0;
  const all: (Contender & { needs?: string })[] = [
    {
      name: 'bare spawn loop',
      run: () => command(process.execPath, [loop, file, String(WORKERS)]),
    },
    {
      name: 'reprise run',
      // A journal of its own each time: deletions of thousands of files would go on beside the next contender.
      setup: () => {
        turn += 1;
      },
      run: () =>
        command(process.execPath, [
          'dist/reprise.js',
          'run',
          file,
          '--json',
          '--workers',
          `${WORKERS}`,
          '--journal',
          join(dir, `journal-${turn}`),
        ]),
    },
    {
      name: `make -j${WORKERS}`,
      needs: 'make',
      run: () => command('make', ['-s', '-C', dir, `-j${WORKERS}`, 'all']),
    },
    {
      name: `ninja -j${WORKERS}`,
      needs: 'ninja',
      run: () => command('ninja', ['--quiet', '-C', dir, `-j${WORKERS}`, 'all']),
    },
  ];
  return all.filter(({ name, needs }) => {
    if (needs === undefined || available(needs)) return true;
    console.log(`left out: ${name} (no ${needs} on this machine)`);
    return false;
  });
}

/** Waits without blocking, as the loop of this process is what would be measured otherwise. */
function command(file: string, args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`${file} ended with ${code}`))));
  });
}

/**
 * The same command through the same shell; nothing is up to date, ever. The blank is there because make knows
 * `sh -c ':'` and starts nothing for it.
 */
function makefile(graph: Graph): string {
  const ids = graph.nodes.map(({ id }) => id).join(' ');
  const rules = graph.nodes.map(({ id, needs }) => `${id}: ${needs.join(' ')}\n\t@sh -c ': '`);
  return [`.PHONY: all ${ids}`, `all: ${ids}`, ...rules, ''].join('\n');
}

/** Ninja puts the shell before the command itself. */
function ninjafile(graph: Graph): string {
  const rules = graph.nodes.map(({ id, needs }) => `build ${id}: noop ${needs.join(' ')}`);
  const all = `build all: phony ${graph.nodes.map(({ id }) => id).join(' ')}`;
  return ['rule noop', '  command = :', ...rules, all, ''].join('\n');
}
