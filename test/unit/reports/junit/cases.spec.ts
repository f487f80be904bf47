import { junit } from '../../../../lib/reports/formats/junit';
import { readCases } from '../../../../lib/reports/junit/cases';

const suite = (inside: string, attributes = '') =>
  `<testsuites><testsuite name="s"${attributes}>${inside}</testsuite></testsuites>`;
const read = (text: string) => junit.read(text, { runner: 'x', cwd: '/work' });
const statuses = (text: string) => read(text).results.map(({ status }) => status);

describe('a JUnit report', () => {
  it.each([
    ['<testcase name="t"/>', 'passed'],
    ['<testcase name="t"><failure/></testcase>', 'failed'],
    ['<testcase name="t"><error message="x"/></testcase>', 'failed'],
    ['<testcase name="t"><skipped/></testcase>', 'skipped'],
    // As Node.js writes a test that its parent cancelled.
    ['<testcase name="t"><skipped/><failure/></testcase>', 'failed'],
  ])('says of %s that it %s', (one, status) => {
    expect(statuses(suite(one))).toEqual([status]);
  });

  it.each(['flakyFailure', 'flakyError'])('has a failure before the pass of a test with %s', (kind) => {
    const one = `<testcase name="t"><${kind} message="first"><stackTrace>at x</stackTrace></${kind}></testcase>`;
    expect(read(suite(one)).results).toMatchObject([
      { status: 'failed', message: 'first\nat x' },
      { status: 'passed' },
    ]);
  });

  it.each(['rerunFailure', 'rerunError'])('has all failures of a test with %s', (kind) => {
    expect(statuses(suite(`<testcase name="t"><failure/><${kind}/></testcase>`))).toEqual([
      'failed',
      'failed',
    ]);
  });

  it('takes the name, the class and the file, of the case or of its suite', () => {
    const text = suite(
      '<testcase name="a &lt;&#x22;&#10;" classname="c" time="1.5"/>',
      ' file="/work/t/a.py"',
    );
    expect(read(text).results).toEqual([
      {
        id: { runner: 'x', file: 't/a.py', suites: ['c'], title: 'a <"\n' },
        status: 'passed',
        durationMs: 1_500,
      },
    ]);
  });

  it('reads suites in suites, and one without a root above it', () => {
    const nested = '<testsuite name="a"><testsuite name="b"><testcase name="t"/></testsuite></testsuite>';
    expect(readCases(nested).cases[0]?.suites.map((each) => each['name'])).toEqual(['a', 'b']);
  });

  it('keeps equal names apart, so that a pass does not hide a failure', () => {
    const { results } = read(suite('<testcase name="t"><failure/></testcase><testcase name="t"/>'));
    expect(results.map(({ id, status }) => [id.occurrence, status])).toEqual([
      [undefined, 'failed'],
      [2, 'passed'],
    ]);
  });

  it('has a problem where a suite says that it failed, and where it counts failures that no test has', () => {
    expect(read(suite('<error message="no set-up"/>')).problems).toEqual(['s: no set-up']);
    expect(read(suite('<testcase name="t"/>', ' failures="1"')).problems).toEqual([
      's counts 1 failures that no test has',
    ]);
  });

  it.each([
    [
      'entities of its own',
      '<!DOCTYPE a [<!ENTITY x "y">]><testsuites>&x;</testsuites>',
      'it has a document type',
    ],
    ['nesting without end', `${'<a>'.repeat(1_000)}${'</a>'.repeat(1_000)}`, 'Maximum nested tags'],
    ['names that would become those of objects', '<testsuites __proto__="x"/>', '__proto__'],
    ['a tear in the middle', '<testsuites><testsuite><testcase name="a">', ''],
    ['another root', '<html/>', 'its first element is <html>'],
    ['nothing', '', ''],
  ])('is refused with %s', (_, text, why) => {
    expect(() => readCases(text)).toThrow(why === '' ? 'this is no report as JUnit writes it' : why);
  });
});
