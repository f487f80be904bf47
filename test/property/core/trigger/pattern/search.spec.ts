import fc from 'fast-check';
import { readAlternatives } from '../../../../../lib/core/trigger/pattern/fields';
import { compilePattern } from '../../../../../lib/core/trigger/pattern/pattern';
import { isFound, leavesOf } from '../../../../../lib/core/trigger/pattern/search';

type Json = string | Json[] | { [key: string]: Json };
type Wanted = (string | { exists: false })[];

/** A leaf, and by list the place in it. */
interface Leaf {
  readonly path: string;
  readonly value: string;
  readonly places: ReadonlyMap<object, number>;
}

function leavesIn(value: Json, path: string, places: ReadonlyMap<object, number>): Leaf[] {
  if (typeof value === 'string') return [{ path, value, places }];
  if (Array.isArray(value)) {
    return value.flatMap((one, i) =>
      leavesIn(one, path, typeof one === 'string' ? places : new Map([...places, [value, i]])),
    );
  }
  return Object.entries(value).flatMap(([key, one]) =>
    leavesIn(one, path && key ? `${path}.${key}` : key, places),
  );
}

const fits = (one: ReadonlyMap<object, number>, other: ReadonlyMap<object, number>) =>
  [...one].every(([list, index]) => (other.get(list) ?? index) === index);

/** Tries every leaf for every field, as event-ruler does. */
function isSomewhere(
  fields: [string, Wanted][],
  leaves: Leaf[],
  places: ReadonlyMap<object, number>,
): boolean {
  const [field, ...rest] = fields;
  if (!field) return true;
  const [path, wanted] = field;
  const possible = leaves.filter((leaf) => leaf.path === path && fits(leaf.places, places));
  const isAbsent = possible.length === 0 && wanted.some((one) => typeof one !== 'string');
  if (isAbsent && isSomewhere(rest, leaves, places)) return true;
  return possible.some(
    ({ value, places: more }) =>
      wanted.includes(value) && isSomewhere(rest, leaves, new Map([...places, ...more])),
  );
}

const name = fc.constantFrom('a', 'b', 'c', 'a.b');
const mapping = fc.letrec<{ value: Json; mapping: { [key: string]: Json } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('1', '2'),
    fc.array(tie('mapping'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('mapping'),
  ),
  mapping: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
})).mapping;
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('.'));
const wanted: fc.Arbitrary<Wanted> = fc.uniqueArray(
  fc.constantFrom<Wanted[number]>('1', '2', { exists: false }),
  {
    minLength: 1,
  },
);

/** Steps that it takes to find fields in an event, and whether they are found. */
function search(pattern: Record<string, unknown>, event: Record<string, unknown>) {
  const [fields = []] = readAlternatives({ detail: pattern }, ['detail']);
  const inOrder = [...fields].sort((a, b) => (a.path < b.path ? -1 : 1));
  let steps = 0;
  const leaves = leavesOf(
    { detail: event },
    inOrder.map((field) => field.path),
  );
  const found = isFound(inOrder, leaves, () => steps++);
  return { found, steps };
}

describe('the fields of a pattern', () => {
  it('are found exactly where trying every leaf finds them', () => {
    fc.assert(
      fc.property(fc.dictionary(path, wanted, { minKeys: 1, maxKeys: 4 }), mapping, (fields, event) => {
        const inOrder = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(search(fields, event).found).toBe(
          isSomewhere(inOrder, leavesIn(event, '', new Map()), new Map()),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('take as many steps as there are leaves, not as there are combinations of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }), (lists, length) => {
        const names = Array.from({ length: lists }, (_, i) => `list${i}`);
        const all = (value: unknown) => Object.fromEntries(names.map((list) => [list, value]));
        const sideBySide = search(
          { ...all({ x: ['1'] }), last: ['1'] },
          all(Array.from({ length }, () => ({ x: '1' }))),
        );
        expect(sideBySide.found).toBe(false);
        expect(sideBySide.steps).toBeLessThanOrEqual(lists * (length + 1));
        const oneInAnother = search(
          { rows: { ...all({ x: ['1'] }), y: ['2'] } },
          { rows: Array.from({ length }, () => ({ ...all([{ x: '1' }, { x: '1' }]), y: '1' })) },
        );
        expect(oneInAnother.found).toBe(false);
        expect(oneInAnother.steps).toBeLessThanOrEqual(10 * (lists + 1) * length);
      }),
    );
  });

  it('are not looked for in lists without end', () => {
    let value: unknown = 'x';
    for (let i = 0; i < 5_000; i++) value = [value];
    const act = () => compilePattern({ detail: { a: ['x'] } }).matches({ detail: { a: value } });
    expect(act).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('are given up on, and the event refused, where one name that is two lists makes combinations of them', () => {
    const rows = Array.from({ length: 2_000 }, () => ({ x: '1', y: '1', z: '2' }));
    const pattern = compilePattern({ detail: { a: { b: { x: ['1'], y: ['1'], z: ['1'] } } } });
    expect(pattern.matches({ detail: { 'a.b': rows } })).toBe(false);
    expect(() => pattern.matches({ detail: { 'a.b': rows, a: { b: rows } } })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('send less of it'),
      }),
    );
  });
});
