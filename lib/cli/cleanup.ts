import type { Command } from 'commander';
import { ulid } from 'ulid';
import { cleanDirectory, surveyDirectory } from '../adapters/embedded/cleanup/clean';
import { exists } from '../adapters/embedded/disk/durable';
import type { Layout } from '../adapters/embedded/disk/layout';
import { lockDirectory } from '../adapters/embedded/disk/lock';
import { onSignals } from '../adapters/signals';
import type { Cleaned } from '../core/cleanup/perform';
import { DEFAULT_RETENTION, type Retention } from '../core/cleanup/retention';
import { RepriseError } from '../core/errors';
import { EXIT } from './exit';
import { currentUser, JOURNAL_OPTION, layoutAt, prepareDirectory, say } from './options';
import { print } from './print';
import { renderCleanup } from './render/cleanup';
import { auditOlderThanOption, keepOption, olderThanOption, retentionOf } from './retention-options';

interface Options {
  readonly journal: string;
  readonly olderThan?: number;
  readonly auditOlderThan?: number;
  readonly keep?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `reprise cleanup`: removes what a journal directory holds and nobody needs any more. */
export function registerCleanup(program: Command): void {
  program
    .command('cleanup')
    .description('remove old jobs, once archived, and what else nobody needs any more')
    .option('--dry-run', 'say what would go, and remove nothing')
    .addOption(
      olderThanOption(`jobs go that ended longer ago than this (default: ${DEFAULT_RETENTION.jobDays}d)`),
    )
    .addOption(auditOlderThanOption())
    .addOption(keepOption())
    .option('--json', 'print what went as one JSON document')
    .option(...JOURNAL_OPTION)
    .action(cleanup);
}

async function cleanup(options: Options): Promise<void> {
  const layout = layoutAt(options.journal);
  if (!exists(layout.root)) {
    throw new RepriseError(
      'INPUT_INVALID',
      `no directory ${layout.root}: name the journal directory by --journal`,
    );
  }
  const retention = retentionOf(options);
  const isDry = options.dryRun === true;
  const cleaned = isDry ? await surveyDirectory(layout, Date.now, retention) : await clean(layout, retention);
  const document = { dryRun: isDry, retention, ...cleaned };
  print(options, document, () => renderCleanup(document));
  process.exitCode = cleaned.failed === 0 ? EXIT.done : EXIT.failed;
}

/** The directory is held as by a daemon: one that serves it knows of jobs that would be gone. */
async function clean(layout: Layout, retention: Retention): Promise<Cleaned> {
  await prepareDirectory(layout);
  const lock = await lockDirectory(layout.root, ({ pid }) => {
    const message = `process ${pid} holds ${layout.root}: stop it first, or have a daemon clean up by itself (reprise serve --older-than); --dry-run works meanwhile`;
    return new RepriseError('JOB_LOCKED', message, { context: { pid } });
  });
  let isStopped = false;
  const disarm = onSignals({
    first() {
      isStopped = true;
      say('stopping after what is under way; the next cleanup goes on');
    },
    again: () => process.exit(EXIT.forced),
  });
  try {
    return await cleanDirectory({
      ...{ layout, retention, run: ulid(), by: currentUser(), clock: Date.now },
      hasTime: () => !isStopped,
      // What could not be removed is part of the answer.
      log: { error: () => undefined },
    });
  } finally {
    disarm();
    lock.release();
  }
}
