import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { replaceFile } from '../adapters/embedded/disk/durable';
import { hasCode } from '../adapters/embedded/disk/has-code';
import type { Layout } from '../adapters/embedded/disk/layout';
import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import { queueDrained } from '../api/pools';
import { queueMessages } from '../api/queues';
import type { Admission } from '../api/submit-job';
import { changeQueueRequest } from '../contract/queues';
import { RepriseError } from '../core/errors';
import { poolAt } from '../core/messages/address';
import type { StreamReader, StreamSender } from '../core/ports/streams';

/** The queue of this machine. Its pool is in memory, and how people set it holds for the next daemon too. */
export interface LocalQueue {
  /** Admits nothing until it is restored: jobs that are under way take their places before those that wait. */
  readonly hold: () => Promise<void>;
  /** Sets it as it was left. @throws RepriseError JOURNAL_CORRUPT */
  readonly restore: () => Promise<void>;
  /** Takes what changes it. */
  readonly streams: StreamSender;
  readonly admission: Admission;
}

const ORIGIN = { id: 'queue/restored', actor: { kind: 'engine', id: 'daemon' } } as const;
const POOL = poolAt(MACHINE_POOL);

export function createLocalQueue(
  { queue: file }: Pick<Layout, 'queue'>,
  streams: StreamSender & StreamReader<'pool'>,
): LocalQueue {
  const admissionNow = async () => (await streams.view(POOL)).state.admission;
  async function set(change: z.output<typeof changeQueueRequest>): Promise<void> {
    for (const message of queueMessages(change)) await streams.send({ to: POOL, message }, ORIGIN);
  }
  return {
    hold: () => set({ status: 'paused' }),
    restore: async () => set({ status: 'open', ...(await settingIn(file)) }),
    streams: {
      async send(delivery, origin) {
        await streams.send(delivery, origin);
        const { status, maxRunningJobs } = await admissionNow();
        const setting = { status, max_running_jobs: maxRunningJobs };
        await replaceFile(file, `${JSON.stringify(setting)}\n`, { durable: true });
      },
    },
    async admission(pool) {
      return (await admissionNow()).status === 'draining' ? queueDrained(pool) : undefined;
    },
  };
}

/** Nothing, where nobody has set it. */
async function settingIn(file: string) {
  try {
    return changeQueueRequest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return {};
    const message = `${file} says how the queue is set, and cannot be read: delete it to have the queue open`;
    throw new RepriseError('JOURNAL_CORRUPT', message, { cause });
  }
}
