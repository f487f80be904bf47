import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type Contender, rateTable, sideBySide } from './measure';
import { type Postgres, startPostgres } from './postgres';
import { rival } from './rival-packages';

const JOBS = 2_000;
const AT_ONCE = 50;
const TURNS = 5;

/**
 * Jobs of one step that does nothing, until all are over, everything durable: Reprise on its files beside DBOS and
 * pg-boss on a PostgreSQL with the settings it comes with. A process for each turn of each contender; its start, its
 * schema and 200 jobs to warm up are not timed. Each reads its own store in the end and throws when a job is missing.
 */
export async function benchDurable(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-durable-'));
  const postgres = await startPostgres();
  try {
    const contenders = [...ours(dir), ...(postgres ? theirs(postgres) : [])];
    const timings = await sideBySide(contenders, TURNS);
    console.log(`\n### ${JOBS} durable jobs of one no-op step, ${AT_ONCE} at a time\n`);
    console.log(rateTable(timings, JOBS, 'reprise, the next when one is over'));
    console.log(`\nRivals on ${postgres?.version ?? 'nothing'}; reprise on files of the same disk.`);
  } finally {
    postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function ours(dir: string): Contender[] {
  const program = join(dir, 'durable-reprise.cjs');
  buildSync({ entryPoints: ['bench/durable-reprise.ts'], outfile: program, bundle: true, platform: 'node' });
  let run = 0;
  const contender = (name: string, mode: string): Contender => ({
    name,
    run: () => timed(program, mode, join(dir, `run-${++run}`)),
  });
  return [
    contender('reprise, the next when one is over', 'each'),
    contender('reprise, all submitted at once', 'all'),
  ];
}

function theirs({ database }: Postgres): Contender[] {
  let run = 0;
  const contender = (name: string, program: string, mode: string): Contender => ({
    name,
    // A database for each, so that none finds tables that have grown.
    run: () => timed(join('bench/rivals', program), mode, database(`run${++run}`)),
  });
  const contenders: Contender[] = [];
  if (rival('@dbos-inc/dbos-sdk') && rival('pg')) {
    contenders.push(
      contender('DBOS, the next when one is over', 'dbos.mjs', 'direct'),
      contender('DBOS, all enqueued at once', 'dbos.mjs', 'queue'),
    );
  }
  if (rival('pg-boss')) {
    contenders.push(
      contender('pg-boss, a statement for each job', 'pg-boss.mjs', 'send'),
      contender('pg-boss, one statement for all jobs', 'pg-boss.mjs', 'insert'),
    );
  }
  return contenders;
}

/** Runs a contender's process, which says itself how many milliseconds its jobs took. */
async function timed(program: string, mode: string, store: string): Promise<number> {
  const child = spawn(process.execPath, [program, mode, String(JOBS), String(AT_ONCE), store]);
  let [said, complaint] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const code = await new Promise((ended) => child.on('close', ended));
  if (code !== 0) throw new Error(`${program} ${mode} ended with ${code}: ${complaint}`);
  return (JSON.parse(said.trim().split('\n').at(-1) ?? '') as { ms: number }).ms;
}
