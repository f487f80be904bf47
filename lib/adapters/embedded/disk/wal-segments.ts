import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

const SEGMENT = /^(\d+)-(\d+)-([0-9a-f]+)-(\d+)\.wal$/;

let serial = 0;

/** A segment of this process, by a name that says whose it is: the process, its start, and that of the machine. */
export function newSegmentPath({ wal }: Layout): string {
  serial += 1;
  return join(wal, `${segmentPrefix()}${String(serial).padStart(9, '0')}.wal`);
}

let own: string | undefined;

/** What the names of this process begin with. */
export function segmentPrefix(): string {
  if (own === undefined) {
    const { pid, startedAt } = ownIdentity();
    own = `${pid}-${startedAt}-${bootId()}-`;
  }
  return own;
}

/** The segments of processes that are no more, by process, and those of one in their order. */
export function deadSegments({ wal }: Layout): string[][] {
  const names = namesIn(wal).filter((name) => {
    if (name.startsWith(segmentPrefix())) return false;
    const [, pid, startedAt, boot] = SEGMENT.exec(name) ?? [];
    if (pid === undefined || startedAt === undefined) return false;
    return boot !== bootId() || !isAlive({ pid: Number(pid), startedAt } satisfies ProcessIdentity);
  });
  const owners = new Map<string, string[]>();
  for (const name of names.sort()) {
    const owner = name.slice(0, name.lastIndexOf('-'));
    owners.set(owner, [...(owners.get(owner) ?? []), join(wal, name)]);
  }
  return [...owners.values()];
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

let boot: string | undefined;

/** Another one after each start of the machine, which gives ids and start times of processes out again; `0` where it is not told. */
function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '');
  } catch {
    return '0';
  }
}

const ORIGINALS = ['lock', 'head'] as const;

export type OriginalName = (typeof ORIGINALS)[number];

/** What else there is of the process that wrote segments. */
export function originalsBeside([first]: readonly string[]): string[] {
  const prefix = first?.slice(0, first.lastIndexOf('-') + 1);
  return prefix === undefined ? [] : ORIGINALS.map((name) => `${prefix}${name}`);
}
