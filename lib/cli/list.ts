import { type Command, Option } from 'commander';
import type { JobsQuery } from '../adapters/http/job-client';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { JOB_OUTCOMES } from '../core/model/outcome';
import { present } from '../core/model/present';
import { type ConnectOptions, withJournals } from './connect';
import { jobDesk } from './job-desk';
import { wholeNumber } from './numbers';
import { print } from './print';
import { renderJobs } from './render/jobs';
import { colorsFor } from './render/style';

interface Options extends ConnectOptions {
  readonly status?: NonNullable<JobsQuery['status']>;
  readonly limit: number;
  readonly cursor?: string;
  readonly owner?: string;
  readonly shared?: boolean;
  readonly json?: boolean;
}

/** `reprise list`: jobs, the newest first. */
export function registerList(program: Command): void {
  withJournals(program.command('list'))
    .description('list jobs, the newest first; without --api those of the directory, whoever runs them')
    .addOption(
      new Option('--status <status>', 'only those').choices(['submitted', 'running', ...JOB_OUTCOMES]),
    )
    .option('--limit <n>', 'jobs at most', wholeNumber('--limit', { most: LIMITS.jobsPage }), 20)
    .option('--cursor <cursor>', 'the next page, as the one before says')
    .option('--owner <name>', "of an engine: somebody else's; for administrators")
    .option('--shared', 'of an engine: those that others share, in place of own ones')
    .option('--json', 'print one JSON document')
    .action(async ({ status, limit, cursor, owner, shared: isShared, ...options }: Options) => {
      if (options.api === undefined && (isShared || owner !== undefined)) throw onlyOfEngine();
      const shared = isShared ? ('true' as const) : undefined;
      const page = await jobDesk(options).list({ limit, ...present({ status, cursor, owner, shared }) });
      print(options, page, () => renderJobs(page, colorsFor(process.stdout)));
    });
}

function onlyOfEngine(): RepriseError {
  const message =
    '--owner and --shared ask an engine: name it by --api or --profile; a directory has the jobs of one user';
  return new RepriseError('INPUT_INVALID', message);
}
