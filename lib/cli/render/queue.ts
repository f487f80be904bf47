import type { QueueSummary } from '../../adapters/http/queue-client';
import type { QueueView } from '../../contract/queues';
import { colorsFor } from './style';

/** One line for each queue: how it is set, and how full it is. */
export function renderQueues({ queues }: { readonly queues: readonly QueueSummary[] }): string {
  if (queues.length === 0) return 'no queues\n';
  const width = Math.max(...queues.map(({ pool }) => pool.length));
  return queues.map((queue) => `${queue.pool.padEnd(width)}  ${standOf(queue)}\n`).join('');
}

export function renderQueue(view: QueueView): string {
  const colors = colorsFor(process.stdout);
  const { pool, workers, owners = [], waits_for: waitsFor = [], letters } = view;
  const free = workers.reduce((sum, each) => sum + each.free_slots, 0);
  const slots = workers.reduce((sum, each) => sum + each.slots, 0);
  return [
    `${colors.bold(pool)}  ${standOf(view)}\n`,
    `  ${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}, ${free} of ${slots} slots free\n`,
    ...owners.map(
      ({ owner, running_jobs: running, waiting_jobs: waiting, slots: taken }) =>
        `  ${owner}: ${running} running, ${waiting} waiting, ${taken} slots\n`,
    ),
    ...waitsFor.map(
      ({ dependency, state, attempts }) => `  ${attempts} attempts wait for ${dependency}, ${state}\n`,
    ),
    ...(letters && letters.open > 0 ? [`  ${letters.open} letters wait for you: reprise dlq list\n`] : []),
  ].join('');
}

type Stand = Pick<QueueView, 'status' | 'running' | 'waiting' | 'limits'>;

function standOf({ status, running, waiting, limits }: Stand): string {
  const most = limits.max_waiting_jobs === undefined ? '' : ` of ${limits.max_waiting_jobs}`;
  return `${status.padEnd(8)}  ${running} of ${limits.max_running_jobs} running, ${waiting}${most} waiting`;
}
