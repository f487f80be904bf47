import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOutputs } from '../../../lib/adapters/embedded/process/outputs';
import { importGithubActions } from '../../../lib/importers/github/import';
import type { ImportedGraph, ImportedNode } from '../../../lib/importers/imported';
import { foreign, noteLines } from './support';

/** The shells that a worker may have as `/bin/sh`. */
export const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['sh', ['/bin/sh', '-c']],
  ['bash', ['bash', '--norc', '--posix', '-c']],
];

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A folder of its own, in which commands are run as a worker would; removed at the end of the file. */
export function createBench() {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-steps-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const temp = mkdtempSync(join(folder, 'temp-'));
  const bin = mkdtempSync(join(folder, 'bin-'));
  return {
    folder,
    temp,
    /** Puts a program in front of those of the machine. */
    program(name: string, script: string): void {
      const path = join(bin, name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
    },
    run(command: string, [shell, ...args]: readonly string[], env: Record<string, string> = {}): Ran {
      const cwd = mkdtempSync(join(folder, 'work-'));
      const file = join(cwd, '.outputs');
      const { status, stdout, stderr } = spawnSync(shell!, [...args, command], {
        cwd,
        encoding: 'utf8',
        env: { PATH: `${bin}:${process.env.PATH}`, TMPDIR: temp, REPRISE_OUTPUT: file, ...env },
        input: 'typed\n',
      });
      const read = parseOutputs(existsSync(file) ? readFileSync(file, 'utf8') : '');
      return {
        status,
        stdout,
        stderr,
        outputs: 'outputs' in read ? read.outputs : { problem: read.problem },
      };
    },
  };
}

/** The node `job` of a workflow that has little else: its keys, indented by nothing. */
export function jobNode(body: string, rest = '', given?: ReadonlyMap<string, string>) {
  const text = `jobs:\n  job:\n    runs-on: ubuntu-latest\n${body.trim().replace(/^/gm, '    ')}\n${rest}`;
  return imported(text, 'job', given);
}

export function imported(
  text: string,
  id: string,
  given?: ReadonlyMap<string, string>,
): {
  readonly node: ImportedNode;
  readonly run: string;
  readonly notes: string;
  readonly graph: ImportedGraph;
} {
  const graph = importGithubActions(foreign(text), { name: 'given', ...(given ? { given } : {}) });
  const node = graph.graph.nodes.find((each) => each.id === id)!;
  return { node, run: node.run ?? '', notes: noteLines(graph).join('\n'), graph };
}
