import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What reprise is measured against: the same graph, the same commands through the same shell, nothing kept.
 * Arguments: graph file (JSON), how many at a time.
 */
const [file, workers] = process.argv.slice(2);
const { nodes } = JSON.parse(readFileSync(file as string, 'utf8')) as {
  nodes: { id: string; run: string; needs: string[] }[];
};
const left = new Map(nodes.map(({ id, needs }) => [id, needs.length]));
const dependents = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
for (const { id, needs } of nodes) for (const need of needs) dependents.get(need)?.push(id);
const runs = new Map(nodes.map(({ id, run }) => [id, run]));
const ready = nodes.filter(({ needs }) => needs.length === 0).map(({ id }) => id);
let running = 0;

function fill(): void {
  while (running < Number(workers)) {
    const id = ready.shift();
    if (id === undefined) return;
    running += 1;
    spawn('sh', ['-c', runs.get(id) as string], { stdio: 'ignore' }).on('exit', (code) => {
      if (code !== 0) throw new Error(`${id} ended with ${code}`);
      running -= 1;
      for (const next of dependents.get(id) ?? []) {
        const open = (left.get(next) ?? 0) - 1;
        left.set(next, open);
        if (open === 0) ready.push(next);
      }
      fill();
    });
  }
}
fill();
