import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';

/**
 * Makes the journals of this machine whole before a command reads them, where a process that wrote many ended with the machine.
 * @throws RepriseError JOURNAL_CORRUPT
 */
export async function readyJournals(command: Command): Promise<void> {
  const { journal, api } = command.opts() as { readonly journal?: string; readonly api?: string };
  if (journal === undefined || api !== undefined || !existsSync(join(journal, 'wal'))) return;
  const [{ recoverToRead }, { layoutAt }] = await Promise.all([
    import('../adapters/embedded/disk/wal-recovery'),
    import('./options'),
  ]);
  await recoverToRead(layoutAt(journal));
}
