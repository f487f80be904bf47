import { recordedReport, triesOf } from '../../support/recorded-reports';
import { commandOf, rerunOf } from '../../support/rerun-of';

const ADDS = { suites: ['Suites', 'Cart'], title: 'Adds' };
const command = (text: string, ...tests: Parameters<typeof rerunOf>[2]) =>
  commandOf(rerunOf('robot', text, tests));

describe('a rerun of Robot Framework', () => {
  it('names tests by their long names, in front of the paths', () => {
    expect(command('robot --output o.xml suites', ADDS)).toBe(
      'robot --test Suites.Cart.Adds --output o.xml suites',
    );
    expect(command('python -m robot suites', ADDS)).toBe('python -m robot --test Suites.Cart.Adds suites');
  });

  it('puts in brackets what would be a pattern', () => {
    const odd = { suites: ['Suites'], title: 'What? *All* [of] it' };
    expect(command('robot .', odd)).toBe("robot --test 'Suites.What[?] [*]All[*] [[]of] it' .");
  });

  it('leaves out the selections of tests before, however they are written, and keeps those of tags and suites', () => {
    expect(command('robot -t A --task=B --TEST C -tD --include smoke -s Cart .', ADDS)).toBe(
      'robot --test Suites.Cart.Adds --include smoke -s Cart .',
    );
  });

  it('leaves out what allows that nothing runs', () => {
    expect(command('robot --RunEmptySuite .', ADDS)).toBe('robot --test Suites.Cart.Adds .');
  });

  it('runs the suite of a test whose name was written otherwise than it is reported', () => {
    const odd = { suites: ['Suites', 'C[a]rt'], title: 'Back\\slash' };
    expect(rerunOf('robot', 'robot -t x -s y .', [odd])).toMatchObject({
      scope: 'files',
      command: "robot --suite 'Suites.C[[]a]rt' .",
    });
  });

  it('says that a file of arguments may select more', () => {
    expect(rerunOf('robot', 'robot -A args.txt .', [ADDS])).toMatchObject({ scope: 'files' });
  });

  it.each([
    ['robot --rerunfailed o.xml .', '--rerunfailed selects tests by another report'],
    ['robot -S o.xml .', '-S selects tests by another report'],
    ['robot $MORE', 'what $MORE holds is not known'],
    ['npm test', 'where the options of Robot Framework go is not known'],
  ])('runs %s as it is', (text, why) => {
    expect(rerunOf('robot', text, [ADDS])).toEqual({ scope: 'whole', why });
  });

  it('runs all where the name of a suite cannot be given back', () => {
    expect(command('robot .', { suites: ['a\\b'], title: 'c' })).toBe(
      'the name of a suite is not as it was written',
    );
    expect(command('robot .', { title: 'c' })).toBe('the report names no suite of a test');
  });
});

describe('a report of Robot Framework 7.5', () => {
  it('says the same as JUnit as in its own form, but for the file', () => {
    const own = triesOf(recordedReport('robot', 'suite.xml'));
    const junit = triesOf(recordedReport('robot', 'suite-xunit'));
    const entries = Object.entries(own).map(([name, tries]) => [name.replace(/^[^›]*› /, ''), tries]);
    expect(Object.fromEntries(entries)).toEqual(junit);
  });

  it.each(['stopped.xml', 'stopped-xunit'])(
    'calls unfinished in %s what never began, though it says failed',
    (name) => {
      const tries = Object.entries(triesOf(recordedReport('robot', name)));
      expect(tries.map(([test, status]) => `${test.split(' › ').at(-1)}: ${status}`)).toEqual([
        'With value And \\ Sign: passed',
        'Same: passed',
        'Same (2): passed',
        'Fails: failed',
        'Never Begins: unfinished',
      ]);
    },
  );
});
