/** An answer that has more behind it. */
type Page = { readonly next_cursor?: string | undefined };
/** A request for a page, of the first where it names none. */
type Listed = { readonly query?: { readonly cursor?: string | undefined } | undefined };

/**
 * All pages of a list, one after the other.
 * @example for await (const { jobs } of pages(reprise.listJobs, { query: { status: 'failed' } })) ...
 */
export async function* pages<List extends (request: never) => Promise<Page>>(
  list: List,
  request: NonNullable<Parameters<List>[0]>,
): AsyncGenerator<Awaited<ReturnType<List>>> {
  const ask = list as unknown as (request: Listed) => Promise<Awaited<ReturnType<List>>>;
  const first: Listed = request;
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor === undefined ? first : { ...first, query: { ...first.query, cursor } });
    yield page;
    cursor = page.next_cursor;
    if (cursor === undefined) return;
  }
}
