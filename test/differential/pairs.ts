import fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export interface Pair {
  readonly pattern: Record<string, Json>;
  readonly event: Record<string, Json>;
}

/** Few names, so that patterns and events meet; dots in them, as EventBridge has no other word for nesting. */
const name = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', '$ref', 'x-y');

const text = fc.oneof(
  {
    arbitrary: fc.constantFrom('x', 'y', 'main', 'MAIN', 'Main', 'release/1', 'rel', '1', '', 'é', 'É'),
    weight: 6,
  },
  fc.constantFrom(
    'straße',
    'STRASSE',
    'strasse',
    'ß',
    'SS',
    'K',
    'k',
    'K',
    'i',
    'I',
    'ı',
    'İ',
    'ǅ',
    'ŉ',
    'ʼN',
    'Σ',
    'ς',
  ),
  fc.constantFrom(
    '10.0.0.1',
    '010.0.0.1',
    '10.0.0.2',
    '10.1.2.3',
    '256.0.0.1',
    '1.2.3',
    '0000000010.0.0.1',
    '10.0.0.15',
  ),
  fc.constantFrom(
    '::1',
    '0:0::1',
    '2001:db8::1',
    '2001:DB8:0::1',
    'a00::1',
    '::ffff:a00:1',
    '1:2:3:4:5:6:7:8',
    '12:30',
    ':::',
    '1::2::3',
    ':',
  ),
  fc.constantFrom(
    '*',
    'a*b',
    'ab',
    'aab',
    'a\\b',
    'dir/x.png',
    'dir/x/y.PNG',
    '.png',
    'aaaa',
    '"',
    'x"',
    '\\',
    '*x',
    'null',
    '5',
    'true',
  ),
  fc.constantFrom('😀', 'a😀', '大', '雨大', 'e\u0301', '\u0000', '\n'),
  fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', 'A', '*', '.', '/') }),
);
const number = fc.oneof(
  fc.constantFrom(0, 1, 5, 5.5, -1, 300, 0.1, 1e-7, 3.000001, 0.30000000000000004, 100, 10000001, 12345678),
  fc.constantFrom(
    5e9,
    5e9 + 1,
    -5e9,
    6e9,
    1_700_000_000_000,
    123456789012,
    2 ** 53 - 1,
    1e21,
    1e300,
    -1e-300,
  ),
  fc.integer({ min: -3, max: 6 }),
);
const leaf: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: text, weight: 5 },
  { arbitrary: number, weight: 3 },
  fc.constantFrom<Json>(true, false, null),
);

const wildcard = fc.oneof(
  fc.constantFrom(
    '*',
    '*.png',
    'dir/*',
    'dir/*.png',
    'a*b',
    '*a*',
    '*a*b*',
    'a\\*b',
    'a\\\\b',
    '',
    '*é',
    '**',
    'a\\b',
    '\\',
  ),
  fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '*', '/') }),
  fc.string({ minLength: 6, maxLength: 14, unit: fc.constantFrom('a', '*') }),
);
const some = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { maxLength: 3 }));
const comparison = fc.constantFrom('=', '<', '<=', '>', '>=');
const numeric = fc.oneof(
  fc.tuple(comparison, number),
  fc.tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number),
  fc.tuple(comparison, number, comparison, number),
  fc.tuple(comparison),
);
const cidr = fc.constantFrom(
  ...[
    '10.0.0.0/24',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '10.0.0.9/31',
    '2001:db8::/32',
    '::/0',
    '::ffff:a00:0/8',
    'a::/15',
  ],
  ...['10.0.0.1/32', '10.0.0.1', '10.0.0/8', '::1/128', '10.0.0.0/x', '256.0.0.0/8', 'x/8'],
);
const matcher: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: leaf, weight: 8 },
  ...(
    [
      ['prefix', fc.oneof(text, fc.record({ 'equals-ignore-case': text }), leaf)],
      ['suffix', fc.oneof(text, fc.record({ 'equals-ignore-case': text }), leaf)],
      ['equals-ignore-case', fc.oneof({ arbitrary: text, weight: 9 }, leaf)],
      ['wildcard', fc.oneof({ arbitrary: wildcard, weight: 9 }, leaf)],
      ['exists', fc.oneof({ arbitrary: fc.boolean(), weight: 9 }, leaf)],
      ['numeric', numeric],
      ['cidr', cidr],
      ['anything-but', fc.oneof(some(text), some(number), some(leaf))],
      ['anything-but', fc.record({ prefix: some(text) })],
      ['anything-but', fc.record({ suffix: some(text) })],
      ['anything-but', fc.record({ 'equals-ignore-case': some(text) })],
      ['anything-but', fc.record({ wildcard: some(wildcard) })],
    ] as [string, fc.Arbitrary<Json>][]
  ).map(([operator, operand]) => ({
    arbitrary: operand.map((value): Json => ({ [operator]: value })),
    weight: 1,
  })),
  { arbitrary: fc.constant<Json>({ exists: false }), weight: 2 },
);
const matchers = fc.array(matcher, { minLength: 1, maxLength: 3 });

const { fields, value } = fc.letrec<{
  fields: Record<string, Json>;
  wanted: Json;
  value: Json;
  mapping: Json;
}>((tie) => ({
  wanted: fc.oneof({ maxDepth: 3 }, { arbitrary: matchers, weight: 3 }, tie('fields')),
  fields: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: fc.dictionary(name, tie('wanted'), { minKeys: 1, maxKeys: 3 }), weight: 6 },
    fc
      .tuple(
        fc.dictionary(name, tie('wanted'), { maxKeys: 2 }),
        fc.array(tie('fields'), { minLength: 1, maxLength: 3 }),
      )
      .map(([rest, or]) => ({ ...rest, $or: or })),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    { arbitrary: leaf, weight: 3 },
    { arbitrary: tie('mapping'), weight: 2 },
    { arbitrary: fc.array(tie('mapping'), { maxLength: 3 }), weight: 2 },
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  mapping: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}));

const detail = fc.dictionary(name, value, { maxKeys: 4 });

/** Whatever a pattern could be, most of them valid. */
const any = fc.record({ pattern: fc.record({ detail: fields }), event: fc.record({ detail }) });

/** One field, so that matchers meet leaves of their kind. */
const one = fc
  .record({ a: matchers, b: fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })) })
  .map(({ a, b }) => ({
    pattern: { detail: { a } },
    event: { detail: { a: b } },
  }));

/** Lists of mappings with the same names as the pattern, which is about what is where. */
const plain = fc.constantFrom('a', 'b', 'c');
const dotted = fc.oneof({ arbitrary: plain, weight: 5 }, fc.constantFrom('a.b', 'b.c'));
const simple = fc.array(fc.constantFrom<Json>('1', '2', { exists: false }, { 'anything-but': '1' }), {
  minLength: 1,
  maxLength: 2,
});
const inLists = fc
  .record({
    pattern: fc.dictionary(
      plain,
      fc.oneof(
        simple,
        fc.dictionary(plain, fc.oneof(simple, fc.dictionary(plain, simple, { minKeys: 1, maxKeys: 3 })), {
          minKeys: 1,
          maxKeys: 3,
        }),
      ),
      { minKeys: 1, maxKeys: 3 },
    ),
    event: fc.letrec<{ mapping: Json; value: Json }>((tie) => ({
      mapping: fc.dictionary(dotted, tie('value'), { maxKeys: 3 }),
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>('1', '2', []),
        fc.array(tie('mapping'), { maxLength: 3 }),
        tie('mapping'),
      ),
    })).mapping,
  })
  .map(({ pattern, event }) => ({ pattern: { detail: pattern }, event: { detail: event } }) as Pair);

const pair: fc.Arbitrary<Pair> = fc.oneof(any, one, inLists);

/** The same pairs for the same seed. */
export const pairsOf = (seed: number, count: number): Pair[] => fc.sample(pair, { seed, numRuns: count });
