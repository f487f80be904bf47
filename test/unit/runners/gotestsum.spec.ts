import fc from 'fast-check';
import { readWords } from '../../../lib/runners/words';
import { commandOf, rerunOf } from '../../support/rerun-of';

const test = (title: string, suite = 'example.com/shop/cart') => ({ suites: [suite], title });
const command = (text: string, ...tests: Parameters<typeof rerunOf>[2]) =>
  commandOf(rerunOf('gotestsum', text, tests));

describe('a rerun of gotestsum', () => {
  it('names tests by a pattern for each level, and their packages', () => {
    const tests = [test('TestA'), test('TestB/c d/e.f'), test('TestB/x|y')];
    expect(command('gotestsum --junitfile r.xml -- -race -run Old ./...', ...tests)).toBe(
      "gotestsum --junitfile r.xml -- -race '-run=^TestA$|^TestB$/^c d$/^e\\.f$|^TestB$/^x\\|y$' example.com/shop/cart",
    );
  });

  it('leaves out a test that another one stands in, which runs with it', () => {
    expect(command('gotestsum --', test('TestB'), test('TestB/a'), test('TestBelow'))).toBe(
      "gotestsum -- '-run=^TestB$/^a$|^TestBelow$' example.com/shop/cart",
    );
  });

  it('puts -- before what belongs to go test, where nothing stood', () => {
    expect(command('gotestsum --junitfile=r.xml', test('TestA'))).toBe(
      "gotestsum --junitfile=r.xml -- '-run=^TestA$' example.com/shop/cart",
    );
    expect(command('go tool gotestsum -f dots ./... -race -tags "a b"', test('TestA'))).toBe(
      "go tool gotestsum -f dots -- -race -tags 'a b' '-run=^TestA$' example.com/shop/cart",
    );
  });

  it('gives packages as --packages where they were given so, as --rerun-fails needs it', () => {
    expect(
      command('gotestsum --rerun-fails --packages ./... -- -count=1', test('TestA', 'a'), test('TestA', 'b')),
    ).toBe("gotestsum '--packages=a b' --rerun-fails -- -count=1 '-run=^TestA$'");
  });

  it('says that a pattern for several packages may run more', () => {
    expect(rerunOf('gotestsum', 'gotestsum', [test('TestA', 'a'), test('TestB', 'b')])).toMatchObject({
      scope: 'files',
      command: "gotestsum -- '-run=^TestA$|^TestB$' a b",
    });
    expect(rerunOf('gotestsum', 'gotestsum', [test('TestA', 'a'), test('TestA', 'b')])).toMatchObject({
      scope: 'tests',
    });
  });

  it('runs all of a test where the name of one in it may have been cut', () => {
    expect(rerunOf('gotestsum', 'gotestsum', [test(`TestA/${'x'.repeat(506)}`)])).toMatchObject({
      scope: 'files',
      command: "gotestsum -- '-run=^TestA$' example.com/shop/cart",
    });
  });

  it.each([
    ['gotestsum -- -failfast ./...', 'with -failfast not every test has run'],
    ['gotestsum --max-fails=3', 'with --max-fails=3 not every test has run'],
    ['gotestsum --raw-command -- ./test.sh', '--raw-command changes what is run'],
    ['gotestsum -- ./... -args -x', '-args changes what is run'],
    ['gotestsum --junitfile-testcase-classname=short', 'changes what is run, or how it is reported'],
    ['gotestsum -- -new ./...', './... may be a package, or belong to the option before it'],
    ['gotestsum $MORE', 'what $MORE holds is not known'],
    ['gotestsum ./... -tags $TAGS', 'the shell expands what go test is given'],
    ['npm test', 'a script hides the arguments of gotestsum'],
  ])('runs %s as it is', (text, why) => {
    expect(rerunOf('gotestsum', text, [test('TestA')])).toEqual({
      scope: 'whole',
      why: expect.stringContaining(why),
    });
  });

  it('runs all where a test has no package', () => {
    expect(command('gotestsum', { title: 'TestA' })).toBe('the report names no package of a test');
  });
});

describe('the pattern of a rerun of gotestsum', () => {
  const part = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
    .filter((text) => !text.includes('/'));

  it('matches the test at each of its levels, and no other name', () => {
    fc.assert(
      fc.property(part, part, (name, other) => {
        fc.pre(name !== other);
        const words = readWords(command('gotestsum --', test(`TestA/${name}`))) ?? [];
        const [, level = ''] = (words[2]?.text ?? '').split('/');
        expect([name, other].map((text) => new RegExp(level).test(text))).toEqual([true, false]);
      }),
    );
  });
});
