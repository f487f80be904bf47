import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ulid } from 'ulid';
import { isDirectory } from '../adapters/embedded/disk/durable';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { layoutOf } from '../adapters/embedded/disk/layout';
import { whyRefused } from '../api/audited';
import type { CommandRecord } from '../core/audit/events';
import { createAuditTrail } from '../core/audit/trail';
import { isRepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { resourceOf, wordsOf } from './audited';
import { EXIT } from './exit';
import { currentUser, JOURNAL_OPTION, say } from './options';

/**
 * Records a command of this machine when it is over, in the journal directory that it was about; where there is none, nothing was
 * changed there. What cannot be recorded is said, and changes no exit status.
 */
export async function recordCommand(command: Command, failure: unknown): Promise<void> {
  const root = resolve(String(command.opts()['journal'] ?? JOURNAL_OPTION[2]));
  if (!isDirectory(root)) return;
  const layout = layoutOf(root);
  const journal = createFileJournalStore(layout);
  const trail = createAuditTrail({
    ...{ journal, clock: Date.now, shards: 1, shard: 0 },
    onLost: (_, error) => say(`the audit trail has no record of this: ${(error as Error).message}`),
  });
  const id = ulid();
  await trail.note(recordOf(command, failure), { requestId: id, traceId: id });
  await journal.close();
}

function recordOf(command: Command, failure: unknown): CommandRecord {
  const status = Number(process.exitCode ?? EXIT.done);
  const principal = currentUser();
  const isRefused = isRepriseError(failure);
  return {
    ...{ principal, source: 'local', action: `reprise ${wordsOf(command)}`, status },
    outcome: isRefused ? 'refused' : status === EXIT.done ? 'accepted' : 'failed',
    ...present({ resource: resourceOf(command)?.slice(0, LIMITS.auditText) }),
    ...(isRefused ? whyRefused(failure) : {}),
  };
}
