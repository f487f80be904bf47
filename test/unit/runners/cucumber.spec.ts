import { commandOf, rerunOf } from '../../support/rerun-of';

const at = (file: string, line: number) => ({ file, address: `${file}:${line}` });
const command = (text: string, ...tests: Parameters<typeof rerunOf>[2]) =>
  commandOf(rerunOf('cucumber', text, tests));

describe('a rerun of Cucumber', () => {
  it('names scenarios and rows by their lines, in place of the paths', () => {
    const tests = [at('features/a.feature', 3), at('features/b c.feature', 7), at('features/a.feature', 12)];
    expect(command('cucumber-js --format message:r.ndjson features -t @smoke', ...tests)).toBe(
      "cucumber-js --format message:r.ndjson -t @smoke features/a.feature:3:12 'features/b c.feature:7'",
    );
  });

  it('leaves out lists of paths, and shards, which would leave scenarios out', () => {
    expect(command('npx cucumber-js @rerun.txt --shard 1/2', at('a.feature', 3))).toBe(
      'npx cucumber-js a.feature:3',
    );
  });

  it('keeps parentheses and the like as they are, which mean nothing alone', () => {
    expect(command('cucumber-js', at('@x/a (b)+c.feature', 3))).toBe("cucumber-js './@x/a (b)+c.feature:3'");
  });

  it.each([
    ['odd [dir]/a.feature', "'odd [[]dir[]]/a.feature'"],
    ['a{b,c}.feature', "'a?b,c?.feature'"],
    ['+(a)*.feature', "'[+][(]a[)][*].feature'"],
  ])('runs all of %s, as a glob and a line run nothing or all anyway', (file, argument) => {
    expect(rerunOf('cucumber', 'cucumber-js', [at(file, 3)])).toMatchObject({
      scope: 'files',
      command: `cucumber-js ${argument}`,
    });
  });

  it('runs the file of a scenario whose line is not known', () => {
    expect(rerunOf('cucumber', 'cucumber-js', [{ file: 'a.feature' }, at('a.feature', 3)])).toMatchObject({
      scope: 'files',
      command: 'cucumber-js a.feature',
    });
  });

  it.each([
    ['cucumber-js --dry-run', 'with --dry-run no test runs'],
    ['cucumber-js --new features', 'features may be a path, or belong to the option before it'],
    ['cucumber-js -- features', 'behind -- Cucumber takes no options'],
    ['cucumber-js $MORE', 'what $MORE holds is not known'],
    ['npm test', 'a script hides the arguments of Cucumber'],
  ])('runs %s as it is', (text, why) => {
    expect(rerunOf('cucumber', text, [at('a.feature', 3)])).toEqual({ scope: 'whole', why });
  });

  it('runs all where a scenario has no file', () => {
    expect(command('cucumber-js', {})).toBe('the report names no file of a scenario');
  });
});
