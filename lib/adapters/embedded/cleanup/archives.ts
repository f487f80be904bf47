import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RepriseError } from '../../../core/errors';
import type { Recorded, StreamHead } from '../../../core/journal/envelope';
import { addressOf } from '../../../core/messages/address';
import type { Archived } from '../../../core/ports/cleanup';
import { type Archive, archiveOf } from '../../archive/archive-text';
import { exists, makeDir, replaceFile } from '../disk/durable';
import { archivedHead, verifyExport } from '../disk/export-check';
import { hasCode } from '../disk/has-code';
import type { Layout } from '../disk/layout';
import { directoryKey } from '../disk/signing-key';

/**
 * Streams that are gone, under `archive/` of the journal directory:
 *
 *     job/<yyyy-mm-dd>/<jobId>.jsonl.gz   by the day of the last event (UTC)
 *     graphs/<hash>.json.gz               graphs without which those cannot be replayed
 *     signing-key                         the seed of the key that signs their heads; for this user only
 */
export interface Archives {
  /** Durable and verified, read back from the disk, when it resolves. A repeat finds what is there. */
  readonly keep: (what: {
    readonly stream: string;
    readonly head: StreamHead;
    readonly events: () => AsyncIterable<Recorded>;
    /** Of the last event, milliseconds since the epoch. */
    readonly endedAt: number;
    /** When it is archived. */
    readonly now: number;
  }) => Promise<Archived>;
  /** Keeps a copy of a graph beside the archives; does nothing where there is no such graph. */
  readonly keepGraph: (hash: string) => Promise<void>;
}

export function createArchives(layout: Layout): Archives {
  return {
    async keep({ stream, head, events, endedAt, now }) {
      const key = await directoryKey(layout);
      const { kind, id } = addressOf(stream);
      const day = new Date(endedAt).toISOString().slice(0, 'yyyy-mm-dd'.length);
      const base = join(layout.archive, kind, day, id);
      // Under its name another job may be archived already that had the same id.
      for (const path of [`${base}.jsonl.gz`, `${base}.${head.hash.slice(0, 16)}.jsonl.gz`]) {
        const known = await archivedHead(path);
        if (known !== undefined && known.head.hash !== head.hash) continue;
        if (known === undefined || !(await verifyExport(path)).valid) {
          const archive = await archiveOf(stream, events(), { head, key, at: now });
          await write(path, archive);
        }
        const signedBy = await assertWhole(path, head);
        const place = relative(layout.root, path).replaceAll('\\', '/');
        return { archive: place, head, signedBy, bytes: (await stat(path)).size };
      }
      throw new RepriseError('JOURNAL_CORRUPT', `two other streams are archived as ${base}`);
    },
    async keepGraph(hash) {
      const copy = join(layout.archive, 'graphs', `${hash}.json.gz`);
      if (exists(copy)) return;
      let text: Buffer;
      try {
        text = await readFile(join(layout.graphs, `${hash}.json`));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return;
        throw error;
      }
      await makeDir(dirname(copy));
      await replaceFile(copy, gzipSync(text), { durable: true });
    },
  };
}

async function write(path: string, { bytes }: Archive): Promise<void> {
  await makeDir(dirname(path));
  await replaceFile(path, bytes, { durable: true });
}

/** What is removed next stands in this file alone: it is read back as whoever needs it will read it. */
async function assertWhole(path: string, { seq, hash }: StreamHead): Promise<string> {
  const verdict = await verifyExport(path);
  const known = await archivedHead(path);
  if (verdict.valid && verdict.events === seq && known?.head.hash === hash && verdict.signedBy !== undefined)
    return verdict.signedBy;
  const why = verdict.valid ? `it holds ${verdict.events} events of ${seq}` : verdict.reason;
  const message = `the archive ${path} does not verify: ${why}. Delete it, and it is written anew`;
  throw new RepriseError('JOURNAL_CORRUPT', message, { context: { path } });
}
