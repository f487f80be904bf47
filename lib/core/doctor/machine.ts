import { type Check, fail, pass, warn } from './check';

/** What can be seen of a machine and of a journal directory. Of what is undefined nobody knows. */
export interface MachineFacts {
  readonly node: string;
  readonly directory: string;
  /** Why nothing can be written there durably; absent where it can. */
  readonly unwritable?: string | undefined;
  /** A file that exists can be created there once more: two processes would both hold a lock. */
  readonly locksFail?: boolean | undefined;
  /** How far the clock of the disk is from ours, milliseconds. */
  readonly skewMs?: number | undefined;
  readonly freeBytes?: number | undefined;
  readonly freeInodes?: number | undefined;
  /** Why the layout cannot be used, and whether it is older than this version's. */
  readonly layout: { readonly problem?: string | undefined; readonly isOlder: boolean };
  /** Locks of processes that are gone. */
  readonly staleLocks: readonly string[];
  /** Of the journals that were written last: how many were verified, and what is wrong with which. */
  readonly journals: { readonly verified: number; readonly bad: readonly string[] };
  /** Commands that run on, of jobs that nobody runs. */
  readonly orphans: readonly string[];
  readonly openFiles?: number | undefined;
  readonly processes?: number | undefined;
  /** Bytes that the cgroup, or else the machine, has in all. */
  readonly memoryBytes?: number | undefined;
  readonly slots: number;
  /** Of the programs that were asked for, those that PATH has not. */
  readonly missing: readonly string[];
  /** Why the port of the daemon cannot be had; absent where it can, or a daemon of this directory has it. */
  readonly port: { readonly number: number; readonly problem?: string | undefined };
}

const GIB = 1_024 ** 3;
const LEAST_NODE = [20, 19] as const;
/** Below this an append may fail in the middle of a job; below ten times as much it is time to clean up. */
const LEAST_BYTES = 0.1 * GIB;
const LEAST_INODES = 1_000;
const SKEW_MS = 5_000;
/** What a slot takes: its command, its output files, a shell and a watcher. */
const FILES_PER_SLOT = 16;
const PROCESSES_PER_SLOT = 32;
const BYTES_PER_SLOT = 0.25 * GIB;

/** Everything, in the order in which a person mends it. */
export function checkMachine(facts: MachineFacts): Check[] {
  return [...checkStart(facts), ...checkDirectory(facts), ...checkRoom(facts)];
}

/** What takes no time, and what a daemon says when it starts. */
export function checkStart(facts: MachineFacts): Check[] {
  return [nodeVersion(facts), writable(facts), space(facts), inodes(facts), clock(facts), openFiles(facts)];
}

function checkDirectory({ directory, layout, staleLocks, journals, orphans }: MachineFacts): Check[] {
  const found = (names: readonly string[]) => `${names.length} (${names.slice(0, 3).join(', ')})`;
  return [
    layout.problem !== undefined
      ? fail('directory.layout', layout.problem, 'see docs/migrations.md')
      : layout.isOlder
        ? warn(
            'directory.layout',
            `${directory} has an older layout`,
            'run `reprise migrate`, or start a daemon, which does it',
          )
        : pass('directory.layout', 'the newest'),
    staleLocks.length === 0
      ? pass('directory.locks', 'none is stale')
      : warn(
          'directory.locks',
          `stale: ${found(staleLocks)}`,
          'nothing: whoever takes the directory or the job next removes them',
        ),
    journals.bad.length === 0
      ? pass('journals.chain', `the last ${journals.verified} verify`)
      : fail(
          'journals.chain',
          `does not verify: ${journals.bad.join('; ')}`,
          'restore it from a copy; `reprise journal verify` names the event',
        ),
    orphans.length === 0
      ? pass('processes.orphans', 'none')
      : warn(
          'processes.orphans',
          `run on, of jobs that nobody runs: ${found(orphans)}`,
          'go on with the job (`reprise resume JOB`, or a daemon), which adopts them, or end them',
        ),
  ];
}

function checkRoom({ processes, memoryBytes, slots, missing, port }: MachineFacts): Check[] {
  const needed = slots * PROCESSES_PER_SLOT;
  const bytes = slots * BYTES_PER_SLOT;
  return [
    processes === undefined || processes >= needed
      ? pass('limits.processes', said(processes))
      : warn(
          'limits.processes',
          `${processes} for ${slots} slots`,
          `raise it (\`ulimit -u ${needed}\`), or give fewer --slots`,
        ),
    memoryBytes === undefined || memoryBytes >= bytes
      ? pass('limits.memory', memoryBytes === undefined ? 'unknown' : gib(memoryBytes))
      : warn(
          'limits.memory',
          `${gib(memoryBytes)} for ${slots} slots`,
          `give the cgroup ${gib(bytes)}, or fewer --slots`,
        ),
    missing.length === 0
      ? pass('programs', 'all found')
      : fail(
          'programs',
          `not on PATH: ${missing.join(', ')}`,
          'install them, or add their directory to PATH',
        ),
    port.problem === undefined
      ? pass('port', `${port.number} can be had`)
      : warn(
          'port',
          `${port.number}: ${port.problem}`,
          'stop what has it, or give the daemon another --port',
        ),
  ];
}

function nodeVersion({ node }: MachineFacts): Check {
  const [major = 0, minor = 0] = node.replace('v', '').split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isNew = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const mend = `install Node ${LEAST_NODE.join('.')} or newer`;
  return isNew ? pass('node.version', node) : fail('node.version', node, mend);
}

function writable({ directory, unwritable, locksFail }: MachineFacts): Check {
  const id = 'directory.writable';
  const mend = 'give this user the directory, or name another by --journal';
  if (unwritable !== undefined) return fail(id, `${directory}: ${unwritable}`, mend);
  if (locksFail === true)
    return fail(id, `${directory}: its file system does not keep locks`, 'use a local file system');
  return pass(id, `${directory}: writes, syncs, renames and locks`);
}

function space({ freeBytes }: MachineFacts): Check {
  const id = 'disk.space';
  const mend = 'free some: `reprise cleanup --dry-run` says what would go';
  if (freeBytes === undefined) return pass(id, 'unknown');
  if (freeBytes < LEAST_BYTES) return fail(id, `${gib(freeBytes)} free`, mend);
  return freeBytes < 10 * LEAST_BYTES
    ? warn(id, `${gib(freeBytes)} free`, mend)
    : pass(id, `${gib(freeBytes)} free`);
}

/** Some file systems make inodes as they go, and say that they have none. */
function inodes({ freeInodes }: MachineFacts): Check {
  const id = 'disk.inodes';
  if (freeInodes === undefined || freeInodes >= LEAST_INODES) return pass(id, said(freeInodes));
  return fail(id, `${freeInodes} free`, 'remove small files: `reprise cleanup`');
}

function clock({ skewMs }: MachineFacts): Check {
  const id = 'clock';
  if (skewMs === undefined || Math.abs(skewMs) < SKEW_MS) return pass(id, 'agrees with the disk');
  const seen = `${(skewMs / 1_000).toFixed(1)} s from that of the disk`;
  return warn(id, seen, 'set the clocks by NTP: deadlines and triggers go by this one');
}

function openFiles({ openFiles: most, slots }: MachineFacts): Check {
  const needed = 256 + slots * FILES_PER_SLOT;
  if (most === undefined || most >= needed) return pass('limits.openFiles', said(most));
  return warn('limits.openFiles', `${most} for ${slots} slots`, `raise it: \`ulimit -n ${needed}\``);
}

const said = (limit: number | undefined): string =>
  limit === undefined ? 'unknown' : limit === Number.POSITIVE_INFINITY ? 'unlimited' : String(limit);

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
