import { isFilteredBy, relativePaths, shortestEnd } from '../../../../lib/importers/shards/paths';

describe('paths of a report', () => {
  it.each([
    [
      'below the directory',
      ['/srv/shop/a.js', '/srv/shop/x/b.js', 'c.js'],
      ['a.js', 'x/b.js', 'c.js'],
      undefined,
    ],
    ['of another machine', ['/ci/1/src/a.js', '/ci/1/src/x/b.js'], ['a.js', 'x/b.js'], '/ci/1/src/'],
    [
      'of folders that begin alike',
      ['/ci/shop/a.js', '/ci/shop-old/b.js'],
      ['shop/a.js', 'shop-old/b.js'],
      '/ci/',
    ],
    ['of Windows', ['C:\\ci\\src\\a.js', 'C:\\ci\\test\\b.js'], ['src/a.js', 'test/b.js'], 'C:/ci/'],
    ['that are relative', ['./a.js', 'x/../b.js', 'x\\c.js'], ['a.js', 'b.js', 'x/c.js'], undefined],
  ])('%s become relative', (_, paths, wanted, base) => {
    const relative = relativePaths(paths, '/srv/shop/');
    expect(paths.map(relative.of)).toEqual(wanted);
    expect(relative.base).toBe(base);
  });
});

describe('the shortest end of a path', () => {
  const names = new Set(['a.js', 'x/a.js', 'y/x/a.js', 'x/b.js', 'z/x/b.js']);

  it.each([
    ['y/x/a.js', 'a.js'],
    ['a.js', 'a.js'],
    ['z/x/b.js', 'x/b.js'],
    ['xx/b.js', 'xx/b.js'],
    ['/a.js', 'a.js'],
    ['', ''],
  ])('of %j is %j', (path, end) => {
    expect(shortestEnd(path, names)).toBe(end);
  });
});

describe('a filter that is a path', () => {
  it.each([
    ['a.js', 'deep/a.js'],
    ['src/a.js', 'src/deep/a.js'],
    ['src/a.js', 'lib/src/A.js'],
    ['src/a.js', 'src/deep/aa.js.js'],
    ['src/x/a.js', 'src/x/y/xa.js'],
  ])('%s selects %s', (filter, path) => {
    expect(isFilteredBy(filter, path)).toBe(true);
  });

  it.each([
    ['src/a.js', 'lib/a.js'],
    ['src/a.js', 'src/b.js'],
    ['src/x/a.js', 'src/y/a.js'],
    ['src/deep/a.js', 'src/a.js'],
    ['srcs/a.js', 'src/a.js'],
  ])('%s does not select %s', (filter, path) => {
    expect(isFilteredBy(filter, path)).toBe(false);
  });
});
