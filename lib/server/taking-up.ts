import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hasCode } from '../adapters/embedded/disk/has-code';
import type { Layout } from '../adapters/embedded/disk/layout';

/** Deaths of the daemon while it took a job up, one right after the other, until the job is set aside. */
const MAX_DEATHS = 2;

/** Remembers which jobs are being taken up, so that a daemon knows what the ones before it died of. */
export interface TakingUp {
  /** Takes a job up, unless daemons before this one died of it; then it is told with the file that remembers. */
  readonly attempt: <T>(jobId: string, take: () => Promise<T>) => Promise<T | SetAside>;
}

export interface SetAside {
  readonly setAside: string;
}

export function createTakingUp({ takingUp: file }: Pick<Layout, 'takingUp'>): TakingUp {
  const deaths = read(file);

  // The disk need not have it: what it is for is the death of a process, not a loss of power.
  function save(): void {
    if (deaths.size === 0) {
      rmSync(file, { force: true });
      return;
    }
    writeFileSync(`${file}.tmp`, JSON.stringify(Object.fromEntries(deaths)));
    renameSync(`${file}.tmp`, file);
  }

  return {
    async attempt(jobId, take) {
      const before = deaths.get(jobId) ?? 0;
      if (before >= MAX_DEATHS) return { setAside: file };
      deaths.set(jobId, before + 1);
      save();
      // An error that ends the daemon leaves the mark, as a death without one does.
      const taken = await take();
      deaths.delete(jobId);
      save();
      return taken;
    },
  };
}

/** A file that nobody can read remembers nothing. */
function read(file: string): Map<string, number> {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object);
    return new Map(entries.filter(([, count]) => Number.isInteger(count)));
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return new Map();
    throw error;
  }
}
