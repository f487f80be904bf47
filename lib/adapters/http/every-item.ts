import type { AnswerOf, Ask, OperationId, RequestOf } from '../../client/caller';
import { pages } from '../../client/pages';

/** Operations that answer a page of a list; one whose answer may have any member is none. */
type ListId = {
  [Id in OperationId]: string extends keyof AnswerOf<Id>
    ? never
    : 'next_cursor' extends keyof AnswerOf<Id>
      ? Id
      : never;
}[OperationId];

/** All pages of a list, one after the other. */
export function everyPage<Id extends ListId>(
  ask: Ask,
  id: Id,
  request: RequestOf<Id>,
): AsyncGenerator<AnswerOf<Id>> {
  return pages((of: RequestOf<Id>) => ask(id, of), request as NonNullable<RequestOf<Id>>);
}

/** The items of all pages of a list. @param itemsOf a page. */
export async function everyItem<Id extends ListId, Item>(
  ask: Ask,
  id: Id,
  request: RequestOf<Id>,
  itemsOf: (page: AnswerOf<Id>) => readonly Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of everyPage(ask, id, request)) items.push(...itemsOf(page));
  return items;
}

/** All pages of a list as one answer. @param join two pages that follow each other. */
export async function everyPageAsOne<Id extends ListId>(
  ask: Ask,
  id: Id,
  request: RequestOf<Id>,
  join: (before: AnswerOf<Id>, page: AnswerOf<Id>) => AnswerOf<Id>,
): Promise<AnswerOf<Id>> {
  let whole: AnswerOf<Id> | undefined;
  for await (const page of everyPage(ask, id, request))
    whole = whole === undefined ? page : join(whole, page);
  return whole as AnswerOf<Id>;
}
