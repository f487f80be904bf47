import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../lib/core/dag/graph';
import { seededRandom, sparseDag } from '../test/support/graphs';
import { type Contender, ratioTable, sideBySide } from './measure';
import { type TaskRunner, taskRunners } from './task-runners';

const NODES = 1_066;
const WORKERS = 50;
const TURNS = 7;

/**
 * 1,066 commands that do nothing, over the same graph, 50 at a time: `reprise run` with its durable journal beside
 * a bare spawn loop (the obvious program for it), make, ninja, wireit and nx. Whole commands, the start of Node
 * included; both programs of ours are bundled JavaScript.
 */
export async function benchEmbedded(): Promise<void> {
  const graph = sparseDag(NODES, 3, seededRandom(7));
  const dir = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  try {
    execFileSync(process.execPath, ['scripts/build.mjs']);
    const runners = taskRunners(WORKERS);
    for (const [i, runner] of runners.entries()) await check(runner, graph, emptyDir(dir, `check-${i}`));
    const contenders = runners.map(({ name, turns, prepare }, i): Contender => {
      const run = prepare(emptyDir(dir, `run-${i}`), graph, () => ':');
      return { name, run, ...(turns === undefined ? {} : { turns }) };
    });
    const timings = await sideBySide(contenders, TURNS);
    console.log(`\n### ${NODES} no-op commands, ${WORKERS} at a time\n`);
    console.log(ratioTable(timings, 'bare spawn loop'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Whether a runner does the work: every command once, and after those it needs. */
async function check({ name, prepare }: TaskRunner, graph: Graph, dir: string): Promise<void> {
  const log = join(dir, 'ran.log');
  // A line this short is appended whole, whoever else appends.
  await prepare(dir, graph, (id) => `echo ${id} >>${log}`)();
  const ran = readFileSync(log, 'utf8').trim().split('\n');
  const place = new Map(ran.map((id, i) => [id, i]));
  if (ran.length !== NODES || place.size !== NODES) {
    throw new Error(`${name} ran ${ran.length} commands of ${place.size} nodes, not ${NODES}`);
  }
  for (const { id, needs } of graph.nodes) {
    const early = needs.find((need) => (place.get(need) as number) > (place.get(id) as number));
    if (early !== undefined) throw new Error(`${name} ran ${id} before ${early}, which it needs`);
  }
}

function emptyDir(parent: string, name: string): string {
  const dir = join(parent, name);
  mkdirSync(dir);
  return dir;
}
