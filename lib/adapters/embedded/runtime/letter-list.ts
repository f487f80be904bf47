import type { LetterList, LetterQuery, ListedLetters } from '../../../core/ports/registries';
import type { LetterListing } from '../../../core/projections/listing';
import { pageOf } from './list-page';

export interface LocalLetterList extends LetterList {
  readonly enter: (group: string, listing: LetterListing) => void;
}

/** The groups of letters in memory. */
export function createLocalLetterList(): LocalLetterList {
  const groups = new Map<string, ListedLetters>();
  return {
    enter(group, { kind: _, ...listing }) {
      groups.set(group, { group, ...listing });
    },
    async list({ limit, cursor, ...wanted }) {
      const all = [...groups.values()].filter((group) => isWanted(group, wanted));
      const place = ({ lastParkedAt: at, group: id }: ListedLetters) => ({ at, id });
      const { shown, ...next } = pageOf(all, place, { limit, cursor });
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
