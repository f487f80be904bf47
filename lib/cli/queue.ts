import { type Command, Option } from 'commander';
import { createQueueClient, type QueueChange } from '../adapters/http/queue-client';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { QUEUE_STATUSES } from '../core/model/queue-status';
import { type ConnectOptions, printedBy, withConnection } from './connect';
import { wholeNumber } from './numbers';
import { parseName } from './options';
import { renderQueue, renderQueues } from './render/queue';

type Options = ConnectOptions & { readonly json?: boolean };
type Change = Options & {
  readonly status?: (typeof QUEUE_STATUSES)[number];
  readonly maxRunningJobs?: number;
};

const print = printedBy(createQueueClient);

/** `reprise queue ...`: queues of jobs, and how much they let through. */
export function registerQueue(program: Command): void {
  const queue = program
    .command('queue')
    .description('see what waits in the queues of pools, and open, pause or drain them');
  const add = (usage: string, what: string) =>
    withConnection(queue.command(usage).description(what)).option('--json', 'print one JSON document');
  const one = (usage: string, what: string) =>
    add(usage, what).argument('[pool]', 'the pool', parseName("a pool's name"), 'default');

  add('list', 'list the queues of all pools').action((options: Options) =>
    print(options, async (client) => ({ queues: await client.list() }), renderQueues),
  );
  one('show', 'show what waits in a queue, for whom, and what bounds it').action(
    (pool: string, options: Options) => print(options, (client) => client.get(pool), renderQueue),
  );
  one('set', 'open, pause or drain a queue, or bound the jobs that run at once; for administrators')
    .addOption(
      new Option(
        '--status <status>',
        'paused: admits nothing, what runs goes on; draining: takes no new job either',
      ).choices(QUEUE_STATUSES),
    )
    .option(
      '--max-running-jobs <n>',
      'jobs that run at once at most',
      wholeNumber('--max-running-jobs', { most: LIMITS.runningJobs }),
    )
    .action((pool: string, options: Change) => {
      const change = changeOf(options);
      return print(
        options,
        (client) => client.change(pool, change),
        () => `queue ${pool} is told\n`,
      );
    });
}

/** @throws RepriseError INPUT_INVALID where nothing is to be changed. */
function changeOf({ status, maxRunningJobs }: Change): QueueChange {
  const change = present({ status, max_running_jobs: maxRunningJobs });
  if (Object.keys(change).length > 0) return change;
  throw new RepriseError('INPUT_INVALID', 'say what to change: --status, --max-running-jobs or both');
}
