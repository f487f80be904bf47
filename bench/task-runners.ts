import { spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Graph } from '../lib/core/dag/graph';
import { available } from './measure';
import { RIVAL_MODULES, rival } from './rival-packages';
import { makefile, ninjafile, nxProject, wireitPackage } from './task-files';

/** A program that runs the commands of a graph in its order. */
export interface TaskRunner {
  readonly name: string;
  /** Fewer turns than the others get, for one that takes several times as long. */
  readonly turns?: number;
  /**
   * Writes what it reads into an empty directory and answers how to run it.
   * @param commandOf the command of a node, for `sh -c`.
   */
  readonly prepare: (dir: string, graph: Graph, commandOf: (id: string) => string) => () => Promise<void>;
}

/** Those that this machine has. Caches and skipping of what is up to date are off where there are any. */
export function taskRunners(workers: number): TaskRunner[] {
  const all: (TaskRunner & { has?: () => boolean })[] = [
    {
      name: 'bare spawn loop',
      prepare(dir, graph, commandOf) {
        const loop = join(dir, 'spawn-loop.cjs');
        buildSync({ entryPoints: ['bench/spawn-loop.ts'], outfile: loop, bundle: true, platform: 'node' });
        const file = graphFile(dir, graph, commandOf);
        return () => command(process.execPath, [loop, file, String(workers)]);
      },
    },
    {
      name: 'reprise run',
      prepare(dir, graph, commandOf) {
        const file = graphFile(dir, graph, commandOf);
        let turn = 0;
        return () => {
          // A journal of its own each time: deletions of thousands of files would go on beside the next contender.
          turn += 1;
          const journal = join(dir, `journal-${turn}`);
          const args = ['run', file, '--json', '--workers', `${workers}`, '--journal', journal];
          return command(process.execPath, ['dist/reprise.js', ...args]);
        };
      },
    },
    {
      name: `make -j${workers}`,
      has: () => onPath('make'),
      prepare(dir, graph, commandOf) {
        writeFileSync(join(dir, 'Makefile'), makefile(graph, commandOf));
        return () => command('make', ['-s', '-C', dir, `-j${workers}`, 'all']);
      },
    },
    {
      name: `ninja -j${workers}`,
      has: () => onPath('ninja'),
      prepare(dir, graph, commandOf) {
        writeFileSync(join(dir, 'build.ninja'), ninjafile(graph, commandOf));
        return () => command('ninja', ['--quiet', '-C', dir, `-j${workers}`, 'all']);
      },
    },
    {
      name: 'wireit',
      turns: 3,
      has: () => rival('wireit') !== undefined,
      prepare(dir, graph, commandOf) {
        symlinkSync(RIVAL_MODULES, join(dir, 'node_modules'));
        writeFileSync(join(dir, 'package.json'), wireitPackage(graph, commandOf));
        const env = { WIREIT_PARALLEL: String(workers), WIREIT_CACHE: 'none' };
        return () => command('npm', ['run', '--silent', 'all'], { cwd: dir, env });
      },
    },
    {
      name: `nx --parallel=${workers}`,
      turns: 3,
      has: () => rival('nx') !== undefined,
      prepare(dir, graph, commandOf) {
        symlinkSync(RIVAL_MODULES, join(dir, 'node_modules'));
        writeFileSync(join(dir, 'package.json'), '{ "name": "bench", "private": true }');
        writeFileSync(join(dir, 'nx.json'), '{ "neverConnectToCloud": true, "analytics": false }');
        writeFileSync(join(dir, 'project.json'), nxProject(graph, commandOf));
        // One project with all the targets: a project a node took longer here. No daemon, as on CI: it would outlive
        // the bench.
        const args = ['run', 'bench:all', `--parallel=${workers}`, '--skip-nx-cache'];
        const env = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };
        const bin = join(dir, 'node_modules/nx/dist/bin/nx.js');
        return () => command(process.execPath, [bin, ...args], { cwd: dir, env });
      },
    },
  ];
  return all.filter(({ has }) => has?.() ?? true);
}

function onPath(program: string): boolean {
  if (available(program)) return true;
  console.log(`left out: ${program} (not on this machine)`);
  return false;
}

function graphFile(dir: string, graph: Graph, commandOf: (id: string) => string): string {
  const file = join(dir, 'bench.graph.json');
  const nodes = graph.nodes.map(({ id, needs }) => ({ id, run: commandOf(id), needs: [...needs] }));
  writeFileSync(file, JSON.stringify({ name: 'bench', nodes }));
  return file;
}

interface Where {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Waits without blocking, as the loop of this process is what would be measured otherwise. */
function command(file: string, args: readonly string[], { cwd, env = {} }: Where = {}): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`${file} ended with ${code}`))));
  });
}
