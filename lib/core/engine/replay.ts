import { RepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import { type Point, upTo } from '../journal/point';
import { type Address, type StreamKind, streamOf } from '../messages/address';
import type { JournalStore } from '../ports/stores';
import type { Folds } from '../ports/streams';
import type { Kinds } from './kinds';
import { createReader } from './reader';

/** A stream as it was at a point of its past. */
export interface Replayed<K extends StreamKind = StreamKind> {
  readonly view: Folds[K];
  /** The last event that it shows. */
  readonly last: Pick<Recorded, 'seq' | 'at' | 'hash'>;
  /** Name and version of the fold, such as `pool/6`. */
  readonly fold: string;
  /** The fold as plain JSON, as a snapshot has it. */
  readonly state: unknown;
}

/**
 * Folds a stream from its first event up to a point; up to its end where none is given.
 * @throws RepriseError INPUT_INVALID where the stream has no event up to there, or does not reach that far
 */
export async function replay<K extends StreamKind>(
  { journal, kinds }: { readonly journal: Pick<JournalStore, 'read' | 'written'>; readonly kinds: Kinds },
  at: Address<K>,
  point: Point = { seq: Number.POSITIVE_INFINITY },
): Promise<Replayed<K>> {
  const stream = streamOf(at);
  const last = await lastEvent(journal, stream, point);
  const cut: Pick<JournalStore, 'read'> = {
    read: (name, from) => upTo(journal.read(name, from), { seq: last.seq }),
  };
  const reader = createReader({ journal: cut, snapshots: { load: async () => undefined } }, kinds);
  const view = await reader.view(at);
  const { name, freeze } = kinds[at.kind].fold;
  return { view, last, fold: name, state: (freeze as (state: unknown) => unknown)(view.state) };
}

async function lastEvent(
  journal: Pick<JournalStore, 'written'>,
  stream: string,
  point: Point,
): Promise<Pick<Recorded, 'seq' | 'at' | 'hash'>> {
  let last: Recorded | undefined;
  for await (const event of upTo(journal.written(stream), point)) last = event;
  if (last && !('seq' in point && Number.isFinite(point.seq) && last.seq < point.seq)) return last;
  if (last) throw outOfReach(stream, `it ends at event ${last.seq}`);
  for await (const { seq, at } of journal.written(stream)) {
    throw outOfReach(stream, `it begins with event ${seq} at ${new Date(at).toISOString()}`);
  }
  throw outOfReach(stream, 'it has no event');
}

function outOfReach(stream: string, why: string): RepriseError {
  return new RepriseError('INPUT_INVALID', `the journal of ${stream} has no such point: ${why}`, {
    context: { stream },
  });
}
