import { letterAt, streamOf } from '../../../core/messages/address';
import type { LetterList, LetterQuery, ListedLetters } from '../../../core/ports/registries';
import { entriesOf } from './entries';
import { readHead } from './journal-head';
import type { Layout } from './layout';
import { pageOf } from './list-page';

/** The groups of letters of a directory, whichever processes have parked them: what the heads of their journals show. */
export function createFileLetterList({ letters, stream }: Pick<Layout, 'letters' | 'stream'>): LetterList {
  async function listed(group: string): Promise<ListedLetters[]> {
    const head = await readHead(stream(streamOf(letterAt(group))).head);
    if (head?.listing?.kind !== 'letter') return [];
    const { kind: _, ...listing } = head.listing;
    return [{ group, ...listing }];
  }

  return {
    async list({ limit, cursor, ...wanted }) {
      const all = (await Promise.all((await entriesOf(letters)).map(listed))).flat();
      const place = ({ lastParkedAt: at, group: id }: ListedLetters) => ({ at, id });
      const { shown, ...next } = pageOf(
        all.filter((group) => isWanted(group, wanted)),
        place,
        { limit, cursor },
      );
      return { groups: shown, ...next };
    },
  };
}

function isWanted(
  { owner, status, class: failureClass, letterKind }: ListedLetters,
  wanted: Omit<LetterQuery, 'limit' | 'cursor'>,
): boolean {
  const isOf = <T>(value: T, asked: T | undefined) => asked === undefined || value === asked;
  return (
    owner === wanted.owner &&
    isOf(status, wanted.status) &&
    isOf(failureClass, wanted.class) &&
    isOf(letterKind, wanted.kind)
  );
}
