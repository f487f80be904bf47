import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';

/** The parts of JSON Schema that the contract's schemas come to. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Ids come from few words, so that nodes name each other and requests meet. */
const WORDS = ['a', 'b', 'c', 'default', 'main', 'x-1'];

/** Values that a schema takes, or nearly: what it says beside its shape is found out by the one that is asked. */
export function valuesOf(schema: z.ZodType): Arbitrary<unknown> {
  return generate(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema);
}

function generate(schema: Schema): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map(generate));
  if (schema.allOf?.[0]) return generate({ ...schema, ...schema.allOf[0] });
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 100 }) },
        fc.integer(numberRange(schema)),
      );
    case 'number':
      return fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ ...numberRange(schema), noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(generate(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 4, 4) });
    case 'object':
      return mapping(schema);
    default:
      // A duration, mostly: what JSON Schema has no word for is read by our own code.
      return fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('30m', '90s', '2h', 5) },
        fc.jsonValue({ maxDepth: 2 }),
      );
  }
}

function numberRange({ minimum = -1e9, maximum = 1e9 }: Schema) {
  return { min: Math.max(minimum, -2_147_483_648), max: Math.min(maximum, 2_147_483_647) };
}

function text({ pattern, format, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (format === 'uri') return fc.webUrl();
  const words = fc.constantFrom(...WORDS);
  if (pattern !== undefined) {
    // Lookaheads and classes of letters by property are not made up.
    const taken = WORDS.filter((word) => new RegExp(pattern, 'u').test(word));
    // Lookaheads and classes of letters by property are not made up.
    const isPlain = !/\(\?|\\p\{/.test(pattern);
    const made = isPlain ? [fc.stringMatching(new RegExp(pattern, 'u'))] : [];
    const known = taken.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom(...taken) }] : [];
    return fc.oneof(...known, ...made.map((arbitrary) => ({ weight: 1, arbitrary })));
  }
  return fc.oneof(words, fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: 'grapheme' }));
}

/** Fields that JSON Schema knows as text or numbers alone. */
const DURATION = /^(deadline|timeout|duration|\w+Delay)$/;

function mapping({ properties = {}, required = [], additionalProperties, propertyNames }: Schema) {
  const known = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([key, part]) => [key, generate(DURATION.test(key) ? {} : part)]),
    ),
    { requiredKeys: [...required] },
  );
  if (!additionalProperties) return known;
  const values = generate(additionalProperties === true ? {} : additionalProperties);
  const keys = generate({ type: 'string', ...propertyNames }) as Arbitrary<string>;
  return fc
    .tuple(known, fc.dictionary(keys, values, { maxKeys: 3 }))
    .map(([own, more]) => ({ ...more, ...own }));
}

const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;

/** What no field expects. */
export const HOSTILE: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, '', ' ', [], {}, [[]], [null]],
  ...[
    '\u0000',
    '\ud800',
    '\u202e',
    'a\nb',
    '../../etc',
    'a b',
    '${x}',
    '{{ item }}',
    '__proto__',
    'constructor',
  ],
  ...[
    'x'.repeat(70),
    'x'.repeat(3_000),
    'é'.repeat(40_000),
    '9'.repeat(400),
    '2026-02-30T99:00:00Z',
    '1e999',
  ],
  ...[deep(40), deep(90), Array.from({ length: 5_000 }, (_, i) => i)],
  ...[JSON.parse('{"__proto__":{"admin":true}}'), { constructor: { prototype: {} } }, { toString: 1 }],
];

/** The value with one part of it replaced, removed or added to. @param pick gives a number from 0 below its argument. */
export function spoiled(value: unknown, pick: (below: number) => number): unknown {
  const hostile = HOSTILE[pick(HOSTILE.length)];
  if (typeof value !== 'object' || value === null || pick(6) === 0) return hostile;
  if (Array.isArray(value)) {
    if (value.length === 0 || pick(4) === 0) return [...value, hostile];
    const at = pick(value.length);
    return value.map((item, i) => (i === at ? spoiled(item, pick) : item));
  }
  const entries = Object.entries(value);
  const kind = pick(6);
  if (entries.length === 0 || kind === 0) return { ...value, [`key${pick(3)}`]: hostile };
  const at = pick(entries.length);
  if (kind === 1) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return Object.fromEntries(entries.map(([key, part], i) => [key, i === at ? spoiled(part, pick) : part]));
}
