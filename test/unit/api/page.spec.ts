import fc from 'fast-check';
import { byName, pageOf } from '../../../lib/api/page';

interface Thing {
  readonly name: string;
  readonly size: number;
}
const listed = { id: byName, keys: { name: byName, size: ({ size }: Thing) => size } };

const names = (things: readonly Thing[]) => things.map(byName);

function all(things: readonly Thing[], sort: string, limit: number): string[] {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(things, { limit, sort, cursor }, listed);
    seen.push(...names(page.shown));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return seen;
}

describe('pages of a list', () => {
  const things = fc.uniqueArray(fc.record({ name: fc.string(), size: fc.integer({ min: 0, max: 3 }) }), {
    selector: byName,
  });

  it('show everything once, in one order, whatever their size', () => {
    fc.assert(
      fc.property(
        things,
        fc.constantFrom('name', '-name', 'size', '-size'),
        fc.integer({ min: 1, max: 5 }),
        (of, sort, limit) => {
          const shown = all(of, sort, limit);
          expect(shown).toEqual(all(of, sort, 1_000));
          expect([...shown].sort()).toEqual(names(of).sort());
          const other = sort.startsWith('-') ? sort.slice(1) : `-${sort}`;
          expect(shown).toEqual(all(of, other, limit).reverse());
        },
      ),
    );
  });

  it('go on behind the last that was shown, though it is gone and others came', () => {
    const of = (...names: string[]) => names.map((name) => ({ name, size: 0 }));
    const first = pageOf(of('a', 'b', 'd'), { limit: 2, sort: 'name' }, listed);
    const next = pageOf(
      of('a', 'aa', 'c', 'd'),
      { limit: 9, sort: 'name', cursor: first.next_cursor },
      listed,
    );
    expect(names(next.shown)).toEqual(['c', 'd']);
  });

  it.each(['nonsense', '', 'WzFd', Buffer.from('[{},"a"]').toString('base64url')])(
    'do not begin at %j, which is no cursor',
    (cursor) => {
      const go = () => pageOf([], { limit: 2, sort: 'name', cursor }, listed);
      expect(go).toThrow('cursor: is none that this list gave');
    },
  );
});
