import { join } from 'node:path';
import { inNewestShape } from '../../../core/journal/newest';
import { addressOf } from '../../../core/messages/address';
import type { JournalStore } from '../../../core/ports/stores';
import { exists } from '../disk/durable';
import { archivedHead, exportedEvents } from '../disk/export-check';
import type { Layout } from '../disk/layout';

/** The archive of a day of the audit trail; undefined where the day is still where it was written, or is nowhere. */
export function archivedDay(layout: Layout, stream: string): string | undefined {
  const { kind, id } = addressOf(stream);
  const path = join(layout.archive, kind, id, `${id}.jsonl.gz`);
  return !exists(layout.stream(stream).journal) && exists(path) ? path : undefined;
}

/** The audit trail of a directory, with the days that are archived. */
export function withArchivedDays(
  journal: Pick<JournalStore, 'read'>,
  layout: Layout,
): Pick<JournalStore, 'read'> {
  async function* archived(path: string, from: number) {
    const signed = await archivedHead(path);
    if (!signed) return;
    for await (const event of exportedEvents(path, signed.head)) if (event.seq >= from) yield event;
  }
  return {
    read(stream, from = 1) {
      const path = archivedDay(layout, stream);
      return path === undefined ? journal.read(stream, from) : inNewestShape(archived(path, from));
    },
  };
}
