import fc from 'fast-check';
import * as z from 'zod';
import { cursorAt, pageBehind, placeAt } from '../../../lib/api/cursor';
import { OPERATIONS, type OperationId } from '../../../lib/api/operations';
import { perform, type Received } from '../../../lib/api/perform';
import { placeOf, type Route, serve, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { SCOPES } from '../../../lib/core/access/scopes';
import { LIMITS } from '../../../lib/core/limits';

type Query = Readonly<Record<string, string>>;

const keysOf = ({ query }: Route) => taken(query)?.shape ?? {};
const lists = (Object.entries(ROUTES) as [OperationId, Route][]).filter(([, of]) => 'cursor' in keysOf(of));

/** Whatever a list can be asked for: each filter of its example, each other filter that is one of some words, each order. */
function queriesOf([id, of]: (typeof lists)[number]): Query[] {
  const example = Object.entries(OPERATIONS[id].example.query ?? {}).map(([key, value]) => [
    key,
    String(value),
  ]);
  const words = Object.entries(z.toJSONSchema(of.query, { io: 'input' }).properties ?? {}).flatMap(
    ([key, one]) => ((one as { enum?: string[] }).enum ?? []).map((word) => [key, word]),
  );
  const filters = [...example, ...words].filter(([key]) => key !== 'limit' && key !== 'cursor');
  return [{}, ...filters.map(([key, value]) => ({ [key as string]: value as string }))];
}

const params = (of: Route, value: string) =>
  Object.fromEntries([...placeOf(of.name).path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, value]));

async function ask(of: Route, given: Partial<Received>) {
  const asked: unknown[] = [];
  const served = serve(of, async ({ query }) => {
    asked.push((query as { cursor?: string }).cursor);
    return { status: 200, body: { next_cursor: 'place' } };
  });
  const call: Received = {
    ...{ caller: { subject: 'ana', scopes: Object.values(SCOPES) }, requestId: 'r', traceId: 't' },
    ...{ correlationId: 'c', params: params(of, 'one'), query: {}, bytes: new Uint8Array() },
    ...{ header: () => undefined, remainingMs: () => 1_000, ...given },
  };
  const { body } = await perform(served, call);
  return { asked, cursor: (body as { next_cursor: string }).next_cursor };
}

const refusal = { code: 'INPUT_INVALID', problems: [{ path: 'cursor' }] };
const OTHER = {
  ...refusal,
  message: expect.stringMatching(/another path, filter or order: send what the page/),
};
const NONE = { ...refusal, message: expect.stringMatching(/is none that a list gave: send `next_cursor`/) };

describe.each(lists)('a cursor of %s', (id, of) => {
  const queries = queriesOf([id, of]);

  it('goes on in the list that gave it, however long its pages', async () => {
    for (const query of queries) {
      const { cursor } = await ask(of, { query });
      const { asked } = await ask(of, { query: { ...query, cursor, limit: '1' } });
      expect(asked).toEqual(['place']);
    }
  });

  it('is refused under another filter or order', async () => {
    const two = fc.tuple(fc.constantFrom(...queries), fc.constantFrom(...queries));
    await fc.assert(
      fc.asyncProperty(two, async ([one, other]) => {
        const { cursor } = await ask(of, { query: one });
        const read = (query: Query) => JSON.stringify(of.query.parse(query));
        fc.pre(read(one) !== read(other));
        await expect(ask(of, { query: { ...other, cursor } })).rejects.toMatchObject(OTHER);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused by every other list, of another subject and for another caller', async () => {
    const { cursor } = await ask(of, {});
    for (const [, other] of lists.filter(([, each]) => each !== of))
      await expect(ask(other, { query: { cursor } })).rejects.toMatchObject(OTHER);
    const caller = { subject: 'ben', scopes: Object.values(SCOPES) };
    await expect(ask(of, { caller, query: { cursor } })).rejects.toMatchObject(OTHER);
    if (!of.name.includes('{')) return;
    const elsewhere = ask(of, { params: params(of, 'two'), query: { cursor } });
    await expect(elsewhere).rejects.toMatchObject(OTHER);
  });

  it('is refused when a character of it was changed', async () => {
    const { cursor } = await ask(of, {});
    for (let at = 0; at < cursor.length; at += 1) {
      const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      await expect(ask(of, { query: { cursor: changed } })).rejects.toMatchObject(NONE);
    }
  });

  it('is refused where it is any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: LIMITS.cursorLength + 9 }), async (cursor) => {
        await expect(ask(of, { query: { cursor } })).rejects.toMatchObject(refusal);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a cursor', () => {
  const place = fc.stringMatching(/^[\w.-]{1,800}$/);

  it('gives back the place that it was made of, of every list', () => {
    fc.assert(fc.property(fc.jsonValue(), place, (list, at) => placeAt(list, cursorAt(list, at)) === at));
  });

  it('is no longer than a cursor may be, also where its place is as long as one can be', () => {
    const longest = `2026-11-29${'.1000000000'.repeat(64)}`;
    expect(cursorAt(['GET /audit'], longest).length).toBeLessThanOrEqual(LIMITS.cursorLength);
  });

  it('is what pages of files are told by, too', async () => {
    const read = async (place: string | undefined) => ({ place, cursor: `${place ?? ''}x` });
    const first = await pageBehind(['jobs', {}], undefined, read);
    expect(await pageBehind(['jobs', {}], first.cursor, read)).toMatchObject({ place: 'x' });
    await expect(pageBehind(['jobs', { status: 'failed' }], first.cursor, read)).rejects.toMatchObject(OTHER);
  });
});
