import { join } from 'node:path';
import type { Verdict } from '../../../core/journal/verify';
import { addressOf } from '../../../core/messages/address';
import { type KnownAnchors, streamsOf } from './anchors';
import { exists } from './durable';
import { entriesOf } from './entries';
import { lastPoint, verifyExport } from './export-check';
import { verifyStream } from './journal-check';
import type { Layout } from './layout';

/** A stream of a directory, or one that anchors know: whether it is as it was. */
export type StreamVerdict = Verdict & {
  readonly stream: string;
  /** Where it was found. */
  readonly kept: 'journal' | 'archive' | 'nowhere';
  /** Up to which event it is anchored; absent where no anchor has it yet. */
  readonly anchored?: number;
};

/**
 * Verifies every stream of a directory and every stream that anchors know, which has to be there or in the archive.
 * Streams and holds one event at a time.
 */
export async function* verifyDirectory(layout: Layout, anchors: KnownAnchors): AsyncGenerator<StreamVerdict> {
  const here = new Set<string>();
  for await (const stream of streamsOf(layout)) {
    if (!exists(layout.stream(stream).journal)) continue;
    here.add(stream);
    yield {
      stream,
      kept: 'journal',
      ...(await verifyKept(layout, stream, anchors)),
      ...covered(anchors, stream),
    };
  }
  for (const stream of [...anchors.streams()].sort()) {
    if (here.has(stream)) continue;
    const verdict = await verifyArchived(layout, stream, anchors);
    const gone: Verdict = {
      valid: false,
      at: 1,
      reason: 'anchors have it, and it is neither here nor archived',
    };
    const kept = verdict ? ('archive' as const) : ('nowhere' as const);
    yield { stream, kept, ...(verdict ?? gone), ...covered(anchors, stream) };
  }
}

const verifyKept = (layout: Layout, stream: string, anchors: KnownAnchors): Promise<Verdict> =>
  verifyStream(layout, stream, anchors.points(stream));

function covered(anchors: KnownAnchors, stream: string): { anchored?: number } {
  const last = lastPoint(anchors.points(stream));
  return last ? { anchored: last.seq } : {};
}

/** Of several archives of the same name, one has to be what the anchors know. */
async function verifyArchived(
  layout: Layout,
  stream: string,
  anchors: KnownAnchors,
): Promise<Verdict | undefined> {
  const { kind, id } = addressOf(stream);
  const place = join(layout.archive, kind);
  let found: Verdict | undefined;
  for (const day of await entriesOf(place)) {
    for (const name of await entriesOf(join(place, day))) {
      if (!name.startsWith(`${id}.`) || !name.endsWith('.jsonl.gz')) continue;
      found = await verifyExport(join(place, day, name), { anchors });
      if (found.valid) return found;
    }
  }
  return found;
}
