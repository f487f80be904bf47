import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { RepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import type { JobMessage } from '../../../core/messages/job';
import { line } from '../../../core/model/bounded';
import { exists, makeDir, replaceFile } from './durable';
import type { Layout } from './layout';
import { ownersOf } from './lock';

/** What a person may ask of the process that runs a job. */
export type Order = Extract<JobMessage, { type: 'cancel' | 'pause' | 'unpause' }>;

/** An order as it lies in a job's folder until its process has taken it. */
export interface PlacedOrder {
  /** Of the order; its process takes them in the order of their ids. */
  readonly id: string;
  /** Who asks. */
  readonly by: string;
  readonly order: Order;
}

const reason = line(LIMITS.reasonLength);
const placedSchema: z.ZodType<Omit<PlacedOrder, 'id'>> = z.strictObject({
  by: line(LIMITS.ownerLength),
  order: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('cancel'), reason, force: z.literal(true).exactOptional() }),
    z.strictObject({ type: z.literal('pause'), reason }),
    z.strictObject({ type: z.literal('unpause'), reason }),
  ]),
});

const NAME = /^([A-Za-z0-9]{1,64})\.json$/;
const dirOf = (layout: Layout, jobId: string) => join(layout.job(jobId), 'orders');

/** How far the times of files may lag behind the clock: they are told by its last tick. */
const FILE_CLOCK_MS = 10;

/** Between two looks at the folder, where the system tells of no change: milliseconds. */
const LOOK_MS = 1_000;

/** How long an order waits to be taken, and between two looks whether it was: milliseconds. */
export interface Patience {
  readonly forMs: number;
  readonly everyMs: number;
}

/**
 * Asks something of the process that runs a job; resolves once that has taken it. What it does not take in time is withdrawn.
 * @throws RepriseError JOB_LOCKED where no process runs it, or the one that does takes no orders
 */
export async function placeOrder(
  layout: Layout,
  jobId: string,
  { id, ...placed }: PlacedOrder,
  { forMs, everyMs }: Patience = { forMs: 15_000, everyMs: 50 },
): Promise<void> {
  const dir = dirOf(layout, jobId);
  const path = join(dir, `${id}.json`);
  await makeDir(dir);
  await replaceFile(path, JSON.stringify(placedSchema.parse(placed)), { durable: false });
  for (let waited = 0; waited < forMs; waited += everyMs) {
    if (!exists(path)) return;
    const owners = ownersOf(layout.job(jobId));
    if (owners.length === 0) break;
    await new Promise((wake) => setTimeout(wake, everyMs));
  }
  if (!exists(path)) return;
  await rm(path, { force: true });
  const [owner] = ownersOf(layout.job(jobId));
  const why =
    owner === undefined
      ? `no process runs job ${jobId} any more: \`reprise resume ${jobId}\` goes on with it`
      : `process ${owner.pid} has job ${jobId} and takes no orders: is it stopped, or an older version?`;
  throw new RepriseError('JOB_LOCKED', why, { context: { jobId } });
}

/** A process that takes orders for its job. */
export interface OrderTaker {
  /** Whether waiting for orders keeps this process alive, as a job that is paused needs. */
  readonly stayFor: (isNeeded: boolean) => void;
  readonly close: () => void;
}

/** Takes the orders for a job that this process runs, each once. What was asked of a process before this one is not taken. */
export async function takeOrders(
  layout: Layout,
  jobId: string,
  onOrder: (placed: PlacedOrder) => void,
): Promise<OrderTaker> {
  const dir = dirOf(layout, jobId);
  await makeDir(dir);
  const since = Date.now() - FILE_CLOCK_MS;
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = looking.then(() => takeAll(dir, since, onOrder)).catch(() => undefined);
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  const watcher = watched(dir, look);
  return {
    stayFor: (isNeeded) => void (isNeeded ? timer.ref() : timer.unref()),
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

/** Not every file system tells of changes: the timer makes it good. */
function watched(dir: string, look: () => void): FSWatcher | undefined {
  try {
    return watch(dir, { persistent: false }, look).on('error', () => undefined);
  } catch {
    return undefined;
  }
}

async function takeAll(dir: string, since: number, onOrder: (placed: PlacedOrder) => void): Promise<void> {
  for (const name of (await readdir(dir)).sort()) {
    const id = NAME.exec(name)?.[1];
    if (id === undefined) continue;
    const path = join(dir, name);
    if ((await stat(path)).mtimeMs < since) continue;
    const placed = placedSchema.safeParse(jsonOf(await readFile(path, 'utf8')));
    // First it is gone, so that it is not taken twice. What is no order was not written by us.
    await rm(path);
    if (placed.success) onOrder({ id, ...placed.data });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
