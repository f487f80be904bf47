import { letterKind } from '../../../core/engine/kinds';
import { createReader } from '../../../core/engine/reader';
import { letterAt, streamOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { LetterList, LetterQuery, ListedLetters } from '../../../core/ports/registries';
import { letterListing } from '../../../core/projections/listing';
import { entriesOf } from './entries';
import { readHead } from './journal-head';
import { createFileJournalStore } from './journal-store';
import type { Layout } from './layout';
import { pageOf } from './list-page';

/**
 * The groups of letters of a directory, whichever processes have parked them: what the heads of their journals show. A head
 * that says nothing is made good by its journal.
 */
export function createFileLetterList(layout: Layout): LetterList {
  const journal = createFileJournalStore(layout);

  async function listed(group: string): Promise<ListedLetters[]> {
    const head = await readHead(layout.stream(streamOf(letterAt(group))).head);
    const listing = head?.listing ?? (await folded(group));
    if (listing?.kind !== 'letter') return [];
    const { kind: _, ...shown } = listing;
    return [{ group, ...shown }];
  }

  async function folded(group: string) {
    const snapshots = { load: async () => undefined };
    const { state } = await createReader({ journal, snapshots }, { letter: letterKind }).view(
      letterAt(group),
    );
    return letterListing.listingOf(state);
  }

  return {
    async list({ limit, cursor, oldestFirst, ...wanted }) {
      const all = (await Promise.all((await entriesOf(layout.letters)).map(listed))).flat();
      const place = ({ lastParkedAt: at, group: id }: ListedLetters) => ({ at, id });
      const { shown, ...next } = pageOf(
        all.filter((group) => isWanted(group, wanted)),
        place,
        { limit, cursor, ...present({ oldestFirst }) },
      );
      return { groups: shown, ...next };
    },
  };
}

function isWanted(
  { owner, status, class: failureClass, letterKind: kind }: ListedLetters,
  wanted: Omit<LetterQuery, 'limit' | 'cursor'>,
): boolean {
  const isOf = <T>(value: T, asked: T | undefined) => asked === undefined || value === asked;
  return (
    owner === wanted.owner &&
    isOf(status, wanted.status) &&
    isOf(failureClass, wanted.class) &&
    isOf(kind, wanted.kind)
  );
}
