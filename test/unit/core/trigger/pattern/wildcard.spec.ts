import {
  readWildcard,
  type Wildcard,
  wildcardComplexity,
} from '../../../../../lib/core/trigger/pattern/wildcard';

function parts(text: string): Wildcard {
  const read = readWildcard(text);
  if ('parts' in read) return read.parts;
  throw new Error(read.wrong);
}
const complexity = (...texts: string[]) =>
  wildcardComplexity(
    texts.map((text) => ({ key: text, all: [parts(text)] })),
    1_000,
  );

describe('the complexity of wildcards', () => {
  // What MachineComplexityEvaluator of event-ruler 2.1.0 says of them.
  it.each<[number, string[]]>([
    [1, ['abc']],
    [2, ['*']],
    [2, ['a*']],
    [2, ['a*b']],
    [2, ['*abc']],
    [3, ['*a*']],
    [7, ['*aaaaaa']],
    [4, ['*ab*ab']],
    [6, ['*aab*aab']],
    [11, ['*a*a*a*a*a*']],
    [11, ['*:*:*:*:*:event-bus/*']],
    [7, ['/Users/*/dir/dir/dir/dir/dir/doc.txt']],
    [2, ['foo', 'fooo*']],
    [4, ['*', '*a']],
    [8, ['*.bif', '*.tiff', '*.tif', '*.svs']],
    [9, ['*:stack/App/*', '*:stack/Shared/*', '*:stack/Db/*']],
    [12, ['*-a', '*-b', '*-c', '*-d', '*-e', '*-f']],
    [2, ['*é']],
    [3, ['*éè']],
    [3, ['*éé']],
    [3, ['*.png', '*.png']],
    [11, ['a*a*aaa', 'a*a*aaa']],
  ])('is %d for %j', (expected, texts) => {
    expect(complexity(...texts)).toBe(expected);
  });

  it('counts those of one anything-but as one', () => {
    const all = ['*a1', '*a2', '*a3'].map(parts);
    expect(wildcardComplexity([{ key: 'all', all }], 1_000)).toBe(4);
  });

  it('is not followed further than anybody wants to know', () => {
    const many = Array.from({ length: 9 }, (_, i) => `*${'ab'.repeat(50)}${i}`).join('');
    expect(wildcardComplexity([{ key: 'many', all: [parts(many)] }], 10)).toBeGreaterThan(10);
  });
});
