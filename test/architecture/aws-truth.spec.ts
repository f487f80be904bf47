import { existsSync, readFileSync } from 'node:fs';

/** The rows of `docs/aws-truth.md`: each a claim about AWS with its source, our answer and the test that holds it. */
const rows = readFileSync('docs/aws-truth.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (---|what AWS does)/.test(line))
  .map((line) => ({
    line,
    cells: line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  }));

describe('what is said of AWS', () => {
  it('says what it does, where that is said, what we do, and which test holds it', () => {
    const incomplete = rows.filter(({ cells }) => cells.length !== 4 || cells.some((cell) => cell === ''));
    expect(incomplete.map(({ line }) => line)).toEqual([]);
  });

  it('names tests that exist', () => {
    const untested = rows.filter(({ cells }) => {
      const files = [...(cells[3] ?? '').matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, file]) => file as string);
      return files.length === 0 || files.some((file) => !existsSync(file));
    });
    expect(untested.map(({ line }) => line)).toEqual([]);
  });
});
