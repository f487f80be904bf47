import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { isAlive, ownIdentity } from './process-identity';

const SEGMENT = /^(\d+)-(\d+)-([0-9a-f]+)-(\d+)\.wal$/;

let serial = 0;

/** A segment of this process, by a name that says whose it is: the process, its start, and where that means something. */
export function newSegmentPath({ wal }: Layout): string {
  serial += 1;
  return join(wal, `${segmentPrefix()}${String(serial).padStart(9, '0')}.wal`);
}

let own: string | undefined;

/** What the names of this process begin with. */
export function segmentPrefix(): string {
  if (own === undefined) {
    const { pid, startedAt } = ownIdentity();
    own = `${pid}-${startedAt}-${ownPlace()}-`;
  }
  return own;
}

/** So often a process shows those elsewhere that it lives, and after so long without it does not: milliseconds. */
export const BEAT_MS = 2_000;
const SILENCE_MS = 15_000;

/** Segments by process, and those of one in their order. */
export interface OtherSegments {
  /** Of processes that are no more. */
  readonly dead: readonly (readonly string[])[];
  /** Of processes that cannot be looked at from here, of another machine or container, and that lived a moment ago. */
  readonly doubtful: readonly (readonly string[])[];
}

/** The segments of other processes than this one, without those of processes that live. */
export function otherSegments({ wal }: Layout): OtherSegments {
  const owners = new Map<string, string[]>();
  for (const name of [...namesIn(wal)].sort()) {
    if (!SEGMENT.test(name) || name.startsWith(segmentPrefix())) continue;
    const owner = name.slice(0, name.lastIndexOf('-'));
    owners.set(owner, [...(owners.get(owner) ?? []), join(wal, name)]);
  }
  const found = [...owners.values()].map((segments) => ({ segments, state: stateOf(segments) }));
  const inState = (wanted: State) =>
    found.flatMap(({ segments, state }) => (state === wanted ? [segments] : []));
  return { dead: inState('dead'), doubtful: inState('doubtful') };
}

type State = 'alive' | 'dead' | 'doubtful';

function stateOf(segments: readonly string[]): State {
  const [, pid, startedAt = '0', place] = SEGMENT.exec(basename(segments[0] ?? '')) ?? [];
  if (place === ownPlace()) return isAlive({ pid: Number(pid), startedAt }) ? 'alive' : 'dead';
  return segments.some(isFresh) ? 'doubtful' : 'dead';
}

function isFresh(path: string): boolean {
  const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changedAt !== undefined && Math.abs(Date.now() - changedAt) < SILENCE_MS;
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

let place: string | undefined;

/**
 * Where ids and start times of processes are given out but once: one start of a machine, and there one namespace of
 * processes, as containers have one each (https://man7.org/linux/man-pages/man7/pid_namespaces.7.html). `0` where it is not told.
 */
function ownPlace(): string {
  place ??= told(readBoot) + told(readNamespace);
  return place;
}

const readBoot = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '');

const readNamespace = () => Number(readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')).toString(16);

function told(read: () => string): string {
  try {
    return read();
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
