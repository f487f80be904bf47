import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import type { MachineFacts } from '../../../core/doctor/machine';
import { newestOf } from '../../../core/migration/migrate';
import { attemptFiles } from '../disk/attempt-files';
import { replaceFile } from '../disk/durable';
import { hasCode } from '../disk/has-code';
import { verifyJob } from '../disk/journal-check';
import type { Layout } from '../disk/layout';
import { lockOwner, ownersOf } from '../disk/lock';
import { isAlive } from '../disk/process-identity';
import { DIRECTORY_MIGRATIONS, openDirectory, readStoreRecord } from '../disk/store';
import { readClaim } from '../process/claim';
import { liveness } from '../process/liveness';

export interface Examined {
  readonly layout: Layout;
  readonly slots: number;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Programs that PATH should have. */
  readonly programs: readonly string[];
}

/** Journals that are verified, and jobs that are looked into: those that changed last. */
const JOURNALS = 5;
const JOBS = 50;

/** What takes no time. */
export async function startFacts(of: Pick<Examined, 'layout' | 'slots'>): Promise<MachineFacts> {
  const { layout, slots } = of;
  return {
    ...{ node: process.version, directory: layout.root, slots },
    ...(await probe(layout)),
    ...room(layout.root),
    openFiles: limitOf('Max open files'),
    ...{ layout: { isOlder: false }, staleLocks: [], orphans: [], missing: [] },
    ...{ journals: { verified: 0, bad: [] }, port: { number: 0 } },
  };
}

/** Everything; the directory is made where it is not there. */
export async function machineFacts(examined: Examined): Promise<MachineFacts> {
  const { layout, environment, programs, port } = examined;
  const known = await layoutFacts(layout);
  const start = await startFacts(examined);
  const jobs = latestJobs(layout);
  return {
    ...start,
    layout: known,
    staleLocks: staleLocks(layout, jobs),
    journals: await verified(layout, jobs.slice(0, JOURNALS)),
    orphans: orphansOf(layout, jobs),
    processes: limitOf('Max processes'),
    memoryBytes: memory(),
    missing: programs.filter((program) => !isOnPath(program, environment)),
    port: { number: port, problem: ownersOf(layout.root).length > 0 ? undefined : await portProblem(port) },
  };
}

async function layoutFacts(layout: Layout): Promise<MachineFacts['layout']> {
  try {
    await openDirectory(layout);
    return { isOlder: readStoreRecord(layout).version < newestOf(DIRECTORY_MIGRATIONS) };
  } catch (error) {
    return { problem: (error as Error).message, isOlder: false };
  }
}

/** Writes as the journal does, and takes back what it wrote. */
async function probe({ root }: Layout): Promise<Pick<MachineFacts, 'unwritable' | 'locksFail' | 'skewMs'>> {
  const path = join(root, `doctor-${process.pid}.tmp`);
  try {
    const before = Date.now();
    await replaceFile(path, 'x', { durable: true });
    const middle = (before + Date.now()) / 2;
    const seen = { skewMs: statSync(path).mtimeMs - middle, locksFail: !refusesSecond(path) };
    rmSync(path);
    return seen;
  } catch (error) {
    return { unwritable: (error as Error).message };
  }
}

function refusesSecond(path: string): boolean {
  try {
    writeFileSync(path, 'x', { flag: 'wx' });
    return false;
  } catch (error) {
    return hasCode(error, 'EEXIST');
  }
}

function room(root: string): Pick<MachineFacts, 'freeBytes' | 'freeInodes'> {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(root);
    return { freeBytes: bavail * bsize, freeInodes: files === 0 ? undefined : ffree };
  } catch {
    return {};
  }
}

function latestJobs({ jobs }: Layout): string[] {
  const changedAt = (name: string) => statSync(join(jobs, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return namesIn(jobs)
    .map((name) => ({ name, at: changedAt(name) }))
    .sort((a, b) => b.at - a.at)
    .slice(0, JOBS)
    .map(({ name }) => name);
}

function staleLocks(layout: Layout, jobs: readonly string[]): string[] {
  return [layout.root, ...jobs.map(layout.job)].flatMap((dir) =>
    namesIn(dir).filter((name) => {
      const owner = lockOwner(name);
      return owner !== undefined && !isAlive(owner);
    }),
  );
}

async function verified(layout: Layout, jobs: readonly string[]): Promise<MachineFacts['journals']> {
  const bad: string[] = [];
  for (const jobId of jobs) {
    // Whoever runs it may be about to write its first event.
    if (ownersOf(layout.job(jobId)).length > 0) continue;
    const verdict = await verifyJob(layout, jobId);
    if (!verdict.valid) bad.push(`${jobId} at event ${verdict.at}: ${verdict.reason}`);
  }
  return { verified: jobs.length - bad.length, bad };
}

function orphansOf(layout: Layout, jobs: readonly string[]): string[] {
  if (ownersOf(layout.root).length > 0) return [];
  const free = jobs.filter((jobId) => ownersOf(layout.job(jobId)).length === 0);
  return free.flatMap((jobId) =>
    namesIn(layout.attempts(jobId)).flatMap((name) => {
      const [, nodeId, attempt] = /^([\w-]+)\.(\d+)\.claim$/.exec(name) ?? [];
      if (nodeId === undefined) return [];
      const files = attemptFiles(layout.jobs, { jobId, nodeId, attempt: Number(attempt) });
      const claim = readClaim(files);
      const runs = claim?.pid && claim.status === undefined && liveness.isAlive(claim.pid, files);
      return runs ? [`process ${claim.pid} of ${jobId}/${nodeId}`] : [];
    }),
  );
}

/** A limit of this process, on Linux: https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html */
function limitOf(name: string): number | undefined {
  try {
    const line = readFileSync('/proc/self/limits', 'utf8')
      .split('\n')
      .find((each) => each.startsWith(name));
    const soft = line?.slice(name.length).trim().split(/\s+/)[0];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft) || undefined;
  } catch {
    return undefined;
  }
}

/** Of the cgroup, where it has less than the machine. */
function memory(): number {
  const most = process.constrainedMemory();
  return most > 0 && most < totalmem() ? most : totalmem();
}

function isOnPath(program: string, environment: NodeJS.ProcessEnv): boolean {
  return (environment['PATH'] ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function portProblem(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
