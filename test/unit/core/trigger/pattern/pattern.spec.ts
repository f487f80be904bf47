import { compilePattern, matches } from '../../../../../lib/core/trigger/pattern/pattern';

/** Whether a pattern for `detail.x` matches an event with this detail. */
const match = (wanted: unknown[], detail: Record<string, unknown>) =>
  matches({ detail: { x: wanted } }, { source: 'git', detail });
/** ... in which `x` is this value. */
const matchOf = (wanted: unknown[], x: unknown) => match(wanted, { x });

describe('an event pattern', () => {
  it('wants every field it names, and takes any of the values it lists', () => {
    const pattern = { source: ['git', 'svn'], detail: { ref: { name: ['main'] } } };
    expect(matches(pattern, { source: 'git', detail: { ref: { name: 'main', other: 1 } } })).toBe(true);
    expect(matches(pattern, { source: 'svn', detail: { ref: { name: 'main' } } })).toBe(true);
    expect(matches(pattern, { source: 'cvs', detail: { ref: { name: 'main' } } })).toBe(false);
    expect(matches(pattern, { source: 'git', detail: { ref: { name: 'next' } } })).toBe(false);
    expect(matches(pattern, { source: 'git', detail: { ref: 'main' } })).toBe(false);
    expect(matches(pattern, { source: 'git' })).toBe(false);
  });

  it('tells numbers, text, booleans and null apart', () => {
    const values = [1, '1', true, 'true', null, 'null', '', 0, false];
    for (const wanted of values) {
      expect(values.filter((value) => matchOf([wanted], value))).toEqual([wanted]);
    }
    expect(matchOf([300], 3e2)).toBe(true);
  });

  it.each<[string, unknown, unknown[], unknown[]]>([
    ['prefix', { prefix: 're' }, ['re', 'release'], ['Release', 'are', 1, null, '']],
    ['suffix', { suffix: '.png' }, ['.png', 'a.png'], ['a.PNG', 'a.png.gz', 1, null]],
    ['equals-ignore-case', { 'equals-ignore-case': 'MaiN' }, ['main', 'MAIN'], ['mains', 1, null]],
    ['anything-but a text', { 'anything-but': 'x' }, ['y', '', 1, null, false], ['x']],
    ['anything-but a number', { 'anything-but': 5 }, [6, '5', null], [5]],
    ['anything-but texts', { 'anything-but': ['x', 'y'] }, ['z', 1], ['x', 'y']],
    ['anything-but numbers', { 'anything-but': [1, 2] }, [3, '1'], [1, 2]],
    ['anything-but a prefix', { 'anything-but': { prefix: 're' } }, ['main', 1], ['release']],
    ['anything-but a suffix', { 'anything-but': { suffix: 'md' } }, ['a.ts'], ['a.md']],
    ['anything-but a case', { 'anything-but': { 'equals-ignore-case': 'main' } }, ['next'], ['main', 'MAIN']],
    ['numeric =', { numeric: ['=', 3] }, [3, 3.0], [2, '3', null, true]],
    ['numeric <', { numeric: ['<', 3] }, [2.9, -4], [3, '2', 6e9]],
    ['numeric >=', { numeric: ['>=', 3] }, [3, 5e9, 6e9], [2]],
    ['numeric range', { numeric: ['>', 0, '<=', 5] }, [0.1, 5], [0, 5.1, '3']],
    ['exists', { exists: true }, ['', 0, null, false, [1]], [{ y: 1 }, [], {}, [{ y: 1 }]]],
    ['exists not', { exists: false }, [{ y: 1 }, [], {}], ['', 0, null, [1]]],
  ])('%s', (_, matcher, hits, misses) => {
    compilePattern({ detail: { x: [matcher] } });
    for (const value of hits) expect([value, matchOf([matcher], value)]).toEqual([value, true]);
    for (const value of misses) expect([value, matchOf([matcher], value)]).toEqual([value, false]);
  });

  it('of what is not there matches nothing but that it does not exist', () => {
    const others = [{ 'anything-but': 'x' }, { 'anything-but': { prefix: 'x' } }, { exists: true }, '', null];
    for (const matcher of others) expect(match([matcher], {})).toBe(false);
    expect(match([{ exists: false }], {})).toBe(true);
    expect(match(['main', { exists: false }], {})).toBe(true);
    expect(match(['main', { exists: false }], { x: 'next' })).toBe(false);
  });

  it('sees that a field does not exist when nothing above it does either', () => {
    const pattern = { detail: { a: { b: [{ exists: false }] } } };
    for (const detail of [{}, { a: {} }, { a: 'text' }, { a: [] }]) {
      expect(matches(pattern, { detail })).toBe(true);
    }
    expect(matches(pattern, {})).toBe(true);
    expect(matches(pattern, { detail: { a: { b: 1 } } })).toBe(false);
  });

  it('does not take what every object has for a field', () => {
    expect(matches({ detail: { constructor: [{ exists: false }] } }, { detail: {} })).toBe(true);
  });
});

describe('a list in the event', () => {
  it('matches when one of its values does, for every operator', () => {
    expect(matchOf(['b'], ['a', 'b'])).toBe(true);
    expect(matchOf([{ prefix: 'b' }], ['a', 'bc'])).toBe(true);
    expect(matchOf([{ numeric: ['>', 5] }], [1, 9])).toBe(true);
    expect(matchOf([{ 'anything-but': 'a' }], ['a', 'b'])).toBe(true);
    expect(matchOf([{ 'anything-but': 'a' }], ['a', 'a'])).toBe(false);
    expect(matchOf([{ 'anything-but': 'a' }], [])).toBe(false);
    expect(matchOf(['c'], [['a'], ['b', ['c']]])).toBe(true);
  });

  it('of mappings matches when one of them has all that is wanted', () => {
    const pattern = { detail: { files: { name: ['a'], status: ['added'] } } };
    const files = [
      { name: 'a', status: 'added' },
      { name: 'b', status: 'removed' },
    ];
    expect(matches(pattern, { detail: { files } })).toBe(true);
    const mixed = [
      { name: 'a', status: 'removed' },
      { name: 'b', status: 'added' },
    ];
    expect(matches(pattern, { detail: { files: mixed } })).toBe(false);
    expect(matches(pattern, { detail: { files: ['a', 'added'] } })).toBe(false);
  });

  it('lacks a field only when none of its mappings has it', () => {
    const pattern = { detail: { files: { owner: [{ exists: false }] } } };
    expect(matches(pattern, { detail: { files: [{ name: 'a' }, { name: 'b' }] } })).toBe(true);
    expect(matches(pattern, { detail: { files: [{ name: 'a' }, { owner: 'ana' }] } })).toBe(false);
    const deep = { detail: { files: { by: { owner: [{ exists: false }] } } } };
    expect(matches(deep, { detail: { files: [{ by: {} }, { by: { owner: 'ana' } }] } })).toBe(false);
  });
});

describe('`$or`', () => {
  const pattern = {
    source: ['git'],
    $or: [{ detail: { branch: ['main'] } }, { detail: { tag: [{ exists: true }], by: ['ana'] } }],
  };

  it('wants one of its mappings, and all that stands beside it', () => {
    compilePattern(pattern);
    expect(matches(pattern, { source: 'git', detail: { branch: 'main' } })).toBe(true);
    expect(matches(pattern, { source: 'git', detail: { tag: 'v1', by: 'ana' } })).toBe(true);
    expect(matches(pattern, { source: 'git', detail: { tag: 'v1' } })).toBe(false);
    expect(matches(pattern, { source: 'svn', detail: { branch: 'main' } })).toBe(false);
  });

  it('is as many combinations as EventBridge takes', () => {
    const or = (length: number) => Array.from({ length }, (_, i) => ({ [`f${i}`]: [1] }));
    const product = (...lengths: number[]) => ({
      detail: Object.fromEntries(lengths.map((length, i) => [`x${i}`, { $or: or(length) }])),
    });
    expect(() => compilePattern(product(10, 10, 10))).not.toThrow();
    expect(() => compilePattern(product(10, 10, 11))).toThrow('make more than 1000 combinations');
  });

  it('is a limit that nothing is built for', () => {
    const field = { $or: [{ a: [1] }, { b: [1] }] };
    const detail = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, field]));
    expect(() => compilePattern({ detail })).toThrow('make several triggers of it');
  });
});

describe('a pattern that EventBridge or this would not understand is refused', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['nothing', {}, 'on.event', 'asks for nothing'],
    ['an empty mapping', { detail: { x: {} } }, 'on.event.detail.x', 'asks for nothing'],
    [
      'no field of an event',
      { branch: ['main'] },
      'on.event.branch',
      'an event has version, id, detail-type',
    ],
    ['a bare value', { source: 'git' }, 'on.event.source', 'must be a list of values, such as ["main"]'],
    ['an empty list', { source: [] }, 'on.event.source', 'must be a list of values'],
    ['one $or', { detail: { $or: [{ x: [1] }] } }, 'on.event.detail.$or', 'two or more mappings'],
    ['$or with a field of its own', { $or: { source: ['x'] } }, 'on.event.$or', 'two or more mappings'],
    [
      '$or of an operator',
      { detail: { $or: [{ x: [1] }, { prefix: ['x'] }] } },
      'on.event.detail.$or[1].prefix',
      'keeps this name for an operator',
    ],
    ['an empty $or', { detail: { $or: [{ x: [1] }, {}] } }, 'on.event.detail.$or[1]', 'asks for nothing'],
    [
      'no field of an event in $or',
      { $or: [{ source: ['x'] }, { branch: ['x'] }] },
      'on.event.$or[1].branch',
      'no field of an event',
    ],
    [
      'one field twice',
      { detail: { x: [1], $or: [{ x: [2] }, { y: [2] }] } },
      'on.event.detail.$or',
      'asks for detail.x a second time',
    ],
    [
      'one field twice, once with dots',
      { detail: { 'x.y': [1], x: { y: [2] } } },
      'on.event.detail.x',
      'asks for detail.x.y a second time',
    ],
    ['a name that is empty', { detail: { 'x.': [1] } }, 'on.event.detail.x.', 'no field with an empty name'],
    ['**', { source: [{ wildcard: 'a**' }] }, 'on.event.source[0]', 'write one * for any text'],
    ['a backslash', { source: [{ wildcard: 'a\\b' }] }, 'on.event.source[0]', 'a backslash goes before'],
    [
      'too many wildcards',
      { source: [{ wildcard: '*a*a*a*a*a*' }] },
      'on.event.source',
      'EventBridge finds too complex',
    ],
    [
      'a wildcard beside text without case',
      { source: [{ wildcard: '*.png' }, { 'equals-ignore-case': 'main' }] },
      'on.event.source',
      'list the spellings',
    ],
    [
      'an address of a range',
      { source: [{ cidr: '10.0.0.1/32' }] },
      'on.event.source[0]',
      'one address is a',
    ],
    ['a rocket without case', { source: [{ 'equals-ignore-case': '🚀' }] }, 'on.event.source[0]', 'find 🚀'],
    ['half a character', { source: [{ prefix: '\ud83d' }] }, 'on.event.source[0]', 'half a character'],
    [
      'a number past 2^53',
      { detail: { x: [2 ** 53] } },
      'on.event.detail.x[0]',
      'list such a number as text',
    ],
    [
      'milliseconds to compare',
      { detail: { x: [{ numeric: ['>', 1_700_000_000_000] }] } },
      'on.event.detail.x[0]',
      'list the values wanted, or send text',
    ],
    [
      'a seventh digit to compare',
      { detail: { x: [{ numeric: ['>', 0.0000001] }] } },
      'on.event.detail.x[0]',
      '6 digits after the point',
    ],
    ['a list in a list', { source: [['git']] }, 'on.event.source[0]', 'a value or one operator'],
    [
      'two operators',
      { source: ['a', { prefix: 'x', suffix: 'y' }] },
      'on.event.source[1]',
      'one operator, such as',
    ],
    [
      'another operator',
      { source: [{ exactly: 'x' }] },
      'on.event.source[0]',
      '"exactly" is no operator of EventBridge',
    ],
    ['an inherited name', { source: [{ toString: 'x' }] }, 'on.event.source[0]', 'is no operator'],
    ['no text', { source: [{ prefix: 1 }] }, 'on.event.source[0]', 'takes text'],
    [
      'anything but everything',
      { source: [{ 'anything-but': { suffix: '' } }] },
      'on.event.source[0]',
      'text that is not empty',
    ],
    ['exists of a text', { source: [{ exists: 'yes' }] }, 'on.event.source[0]', 'true or false'],
    [
      'numeric without a list',
      { detail: { x: [{ numeric: 5 }] } },
      'on.event.detail.x[0]',
      '`numeric` takes',
    ],
    ['half a comparison', { detail: { x: [{ numeric: ['>'] }] } }, 'on.event.detail.x[0]', '`numeric` takes'],
    ['an unknown comparison', { detail: { x: [{ numeric: ['!=', 1] }] } }, 'on.event.detail.x[0]', 'numeric'],
    ['text to compare', { detail: { x: [{ numeric: ['>', '1'] }] } }, 'on.event.detail.x[0]', 'numeric'],
    [
      'a range downwards',
      { detail: { x: [{ numeric: ['<', 5, '>', 0] }] } },
      'on.event.detail.x[0]',
      'range',
    ],
    ['an empty range', { detail: { x: [{ numeric: ['>', 5, '<', 5] }] } }, 'on.event.detail.x[0]', 'range'],
    ['two equals', { detail: { x: [{ numeric: ['=', 5, '=', 5] }] } }, 'on.event.detail.x[0]', 'numeric'],
    [
      'a number too large',
      { detail: { x: [{ numeric: ['<', 6e9] }] } },
      'on.event.detail.x[0]',
      'to 5e9 with',
    ],
    [
      'anything-but nothing',
      { source: [{ 'anything-but': [] }] },
      'on.event.source[0]',
      '`anything-but` takes',
    ],
    [
      'anything-but null',
      { source: [{ 'anything-but': null }] },
      'on.event.source[0]',
      '`anything-but` takes',
    ],
    [
      'anything-but a mixture',
      { source: [{ 'anything-but': ['a', 1] }] },
      'on.event.source[0]',
      'a list of texts or of numbers',
    ],
    [
      'anything-but a range',
      { source: [{ 'anything-but': { numeric: ['>', 1] } }] },
      'on.event.source[0]',
      'one operator, of prefix, suffix',
    ],
    [
      'anything-but existing',
      { source: [{ 'anything-but': { exists: true } }] },
      'on.event.source[0]',
      'one operator, of',
    ],
    ['too long a pattern', { source: ['x'.repeat(2_048)] }, 'on.event', 'longer than 2048 characters'],
  ])('%s', (_, pattern, path, message) => {
    const act = () => compilePattern(pattern);
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: 'TRIGGER_INVALID' }));
    expect(act).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path })] }));
  });

  it('takes all of them in one pattern', () => {
    const pattern = {
      source: ['git', { prefix: 'aws.' }],
      detail: { a: [null, true, 5, { exists: false }], b: { c: [{ numeric: ['>=', -1, '<', 2.5] }] } },
    };
    expect(() => compilePattern(pattern)).not.toThrow();
  });
});
