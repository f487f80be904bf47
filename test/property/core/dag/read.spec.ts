import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { readJson } from '../../../../lib/core/dag/read/json';
import { readQuickly } from '../../../../lib/core/dag/read/quick';

/** What the full parser makes of a text, or that it refuses it. */
function fully(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true, logLevel: 'silent' });
  return document.errors.length > 0 ? 'refused' : document.toJS();
}

const scalar = fc.oneof(
  fc.constantFrom('a', 'npm run x', '30s', '{ a: b, c: 1 }', '{a: {b: [c, d]}}', '[a, b, 1]'),
  fc.constantFrom(
    'a',
    'npm run x',
    '30s',
    '1.5',
    '007',
    '1e3',
    '0x1F',
    '-1',
    '~',
    'null',
    'True',
    '.5',
    'a: b',
    'a #b',
    'x:',
    '""',
  ),
  fc.constantFrom(
    '"a b"',
    "'it''s'",
    '"\\n"',
    '[a, b]',
    '[a, [b, 1]]',
    '{a: 1, b: [c]}',
    '{a: b, a: c}',
    '[a,]',
    '[]',
    '{}',
    '[ ]',
    '[a b, c]',
  ),
  fc.constantFrom(
    '&x a',
    '*x',
    '!!str 1',
    '|',
    '>-',
    '@a',
    '`a`',
    '%a',
    '- a',
    '? a',
    ': a',
    '#a',
    '[a: b]',
    '{a}',
    '[a #b]',
    '["x"]',
    '{ x: y }',
  ),
  fc.string({ maxLength: 6 }),
);
const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'name',
      'nodes',
      'id',
      'run',
      'needs',
      'true',
      '__proto__',
      'a b',
      '"q"',
      '1',
      '- id',
      '- - x',
      '-',
      '?',
    ),
  },
);
const line = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('pair', 'item', 'open', 'plain', 'comment', 'blank'),
    key,
    scalar,
  )
  .map(([indent, kind, name, value]) => {
    const text = {
      pair: `${name}: ${value}`,
      item: `- ${value}`,
      open: `${name}:`,
      plain: value,
      comment: '# x',
      blank: '',
    }[kind];
    return `${'  '.repeat(indent)}${text}`;
  });

describe('the quick reader', () => {
  it('reads what the full parser reads, or gives up', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), (lines) => {
        const text = lines.join('\n');
        const quick = readQuickly(text);
        if (quick === undefined) return;
        read++;
        expect(quick.value).toEqual(fully(text));
      }),
      { numRuns: 8_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('reads a usual graph file', () => {
    const text = [
      'name: shop-regression',
      'defaults:',
      '  timeout: 10m',
      '  retry: { strategy: exponential, initialDelay: 1s, maxAttempts: 4 }',
      'nodes:',
      '  # the build comes first',
      '  - id: build',
      '    run: npm run build',
      '',
      '  - id: api',
      '    suite: api-smoke',
      '    needs: [build]',
      '    when: "results.build.outputs.changed = true"',
      '  - {id: web, run: npm test, needs: [build, api], matrix: {os: [linux, mac], node: [20, 22]}}',
      '  - id: report',
      '    run: npm run report',
      '    needs:',
      '    - api',
      '    - web',
      'onFailure: continue',
    ].join('\n');
    expect(readQuickly(text)?.value).toEqual(fully(text));
  });
});

describe('the JSON reader', () => {
  it('reads any JSON, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        expect(readJson(JSON.stringify(value, null, indent))).toEqual({
          value: JSON.parse(JSON.stringify(value)),
        });
      }),
      { numRuns: 500 },
    );
  });

  it('gives up when any key is there twice', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (key, first, second) => {
        const name = JSON.stringify(key);
        const text = `[{${name}: ${JSON.stringify(first)}, ${name}: ${JSON.stringify(second)}}]`;
        expect(readJson(text)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
