import { readJunit } from '../../../examples/shop/report/junit';
import { merge } from '../../../examples/shop/report/merge';
import { summary } from '../../../examples/shop/report/summary';
import { junitXml } from '../../../examples/shop/report/write';

const file = (node: string, attempt: number, ...tests: string[]) => ({
  node,
  attempt,
  xml: `<?xml version="1.0"?>\n<testsuites><!-- ${tests.length} --><testsuite name="cart">${tests.join('\n')}</testsuite></testsuites>`,
});
const passed = (name: string, time = '0.25') => `<testcase name="${name}" time="${time}" classname="test"/>`;
const failed = (name: string, message: string) =>
  `<testcase name="${name}" time="1.5"><failure type="x" message="${message}">at line 1</failure></testcase>`;

describe('reading JUnit files', () => {
  it("reads what Node's reporter writes: suites in suites, tests without one, entities, skipped tests", () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
      <testsuites>
        <testsuite name="shop"><testsuite name="cart &gt; lines">
          <testcase name="adds &quot;two&quot;" time="0.5" classname="test"/>
        </testsuite></testsuite>
        <testcase name="alone" time="0.25" classname="test"><skipped type="skipped" message="true"/></testcase>
        <!-- tests 2 -->
      </testsuites>`;
    expect(readJunit(xml)).toEqual([
      { suite: 'shop > cart > lines', name: 'adds "two"', seconds: 0.5, skipped: false },
      { suite: 'test', name: 'alone', seconds: 0.25, skipped: true },
    ]);
  });

  it('takes the first line of a failure, from the message or else from the text', () => {
    const xml = `<testsuites><testsuite name="a">
      ${failed('one', 'expected 1&#10;received 2')}
      <testcase name="two"><error><![CDATA[boom <here>\n  at x]]></error></testcase>
    </testsuite></testsuites>`;
    expect(readJunit(xml).map((test) => test.failure)).toEqual(['expected 1', 'boom <here>']);
  });

  it('refuses a file that ends in the middle', () => {
    expect(() => readJunit('<testsuites><testsuite name="a">')).toThrow('<testsuite> is never closed');
    expect(() => readJunit('<testsuites><testcase na')).toThrow('not XML at character 12');
    expect(() => readJunit('')).toThrow('there is no element');
  });
});

describe('merging the results of a job', () => {
  it('counts tests and failures over all files', () => {
    const report = merge([
      file('unit-1', 1, passed('a'), passed('b')),
      file('api', 1, passed('c'), failed('d', 'expected 201, received 500')),
    ]);
    expect(report).toMatchObject({ total: 4, failed: 1, helpedByRetry: 0, seconds: 2.25 });
    expect(report.nodes.map(({ node, tests, failed }) => [node, tests.length, failed])).toEqual([
      ['api', 2, 1],
      ['unit-1', 2, 0],
    ]);
  });

  it('lets the last attempt count, whatever order the files come in, and keeps how it failed before', () => {
    const report = merge([
      file('payments', 10, passed('pays')),
      file('payments', 2, failed('pays', 'HTTP 503')),
      file('payments', 1, failed('pays', 'ECONNREFUSED')),
    ]);
    expect(report).toMatchObject({ total: 1, failed: 0, helpedByRetry: 1 });
    expect(report.nodes[0]).toMatchObject({ attempts: 3 });
    expect(report.nodes[0]?.tests[0]?.earlierFailures).toEqual(['ECONNREFUSED', 'HTTP 503']);
  });

  it('does not call a test helped that failed to the end', () => {
    const report = merge([file('a', 1, failed('t', 'first')), file('a', 2, failed('t', 'second'))]);
    expect(report).toMatchObject({ failed: 1, helpedByRetry: 0 });
  });

  it('counts results that cannot be read as a failure', () => {
    const report = merge([
      { node: 'browser-1', attempt: 1, xml: '<testsuites>' },
      file('unit', 1, passed('a')),
    ]);
    expect(report).toMatchObject({ total: 2, failed: 1 });
    expect(report.nodes[0]?.tests[0]?.failure).toBe('unreadable results: <testsuites> is never closed');
  });

  it('is empty when no suite wrote anything', () => {
    expect(merge([])).toMatchObject({ total: 0, failed: 0, nodes: [] });
  });
});

describe('the merged documents', () => {
  const report = merge([
    file('api', 1, failed('says &lt;no&gt;', 'a &amp; b')),
    file('pay', 1, failed('pays', 'HTTP 503')),
    file('pay', 2, passed('pays')),
  ]);

  it('are JUnit again, with the failures of earlier attempts beside the tests they belong to', () => {
    const xml = junitXml(report);
    expect(xml).toContain('<testsuites tests="2" failures="1" skipped="0" time="1.750">');
    expect(xml).toContain('<flakyFailure message="HTTP 503"/>');
    expect(readJunit(xml)).toEqual([
      { suite: 'api', name: 'says <no>', seconds: 1.5, skipped: false, failure: 'a & b' },
      { suite: 'pay', name: 'pays', seconds: 0.25, skipped: false },
    ]);
  });

  it('are a summary for people', () => {
    expect(summary(report)).toBe(
      [
        '2 tests: 1 passed, 1 failed, 0 skipped, 1.8 s of testing',
        '',
        '  suite  tests  failed    time',
        '  api        1       1   1.5 s',
        '  pay        1       0   0.3 s',
        '',
        'Failed',
        '  api: says <no>',
        '    a & b',
        '',
        'Helped by a retry',
        '  pay: pays',
        '    HTTP 503',
        '',
      ].join('\n'),
    );
  });

  it('carry no character that XML forbids', () => {
    const coloured = merge([file('a', 1, failed('t', '&#27;[31mred'))]);
    expect(junitXml(coloured)).toContain('message="[31mred"');
  });
});
