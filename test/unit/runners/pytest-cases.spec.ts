import { junit } from '../../../lib/reports/formats/junit';
import { resultsOfPytest } from '../../../lib/runners/pytest-cases';
import { recordedReport, triesOf } from '../../support/recorded-reports';

describe('a report of pytest 9.2', () => {
  it('tells tests apart by file, classes and name', () => {
    const tries = triesOf(recordedReport('pytest', 'xunit1'));
    expect(tries).toMatchObject({
      '@odd/test_a file.py › test_add': 'failed',
      'tests/inner/test_cart_too.py › test_add': 'passed',
      'tests/test_cart.py › TestCart › TestInner › test_add': 'failed',
      'tests/test_cart.py › Case › test_parts': 'failed',
      'tests/test_cart.py › test_odd[a::b]': 'failed',
      'tests/test_cart.py › test_odd[]': 'failed',
      'tests/test_cart.py › test_price[1]': 'passed',
      'tests/test_cart.py › test_off': 'skipped',
      'tests/test_cart.py › test_known': 'skipped',
    });
    expect(Object.keys(tries)).toHaveLength(27);
  });

  it('says the same of its tests without the attribute of the file', () => {
    const [one, two] = ['xunit1', 'xunit2'].map((name) => triesOf(recordedReport('pytest', name)));
    expect(two).toEqual(one);
  });

  it('counts each case of a retried test but the last as a failure, though it reads as a pass', () => {
    expect(triesOf(recordedReport('pytest', 'retried'))).toEqual({
      'test_retried.py › test_flaky': 'failed passed',
      'test_retried.py › test_always': 'failed failed failed',
      'test_retried.py › test_end': 'failed passed',
    });
  });

  it('takes a failed set-up or teardown as a failure, and a failure with a failed teardown as one', () => {
    const report = recordedReport('pytest', 'errors');
    expect(triesOf(report)).toEqual({
      'test_troubled.py › test_set_up': 'failed',
      'test_troubled.py › test_end': 'failed',
      'test_troubled.py › test_both': 'failed',
    });
    expect(report.results[2]?.message).toMatch(/assert False[\s\S]*teardown broke/);
  });

  it('has a problem, and no test, where a file was not collected', () => {
    const { results, problems } = recordedReport('pytest', 'collection');
    expect(results).toHaveLength(3);
    expect(problems).toEqual([expect.stringContaining('test_syntax was not collected')]);
  });

  it('has a problem where pytest.exit ended the run with 0, which leaves a case without a name', () => {
    const report = recordedReport('pytest', 'exit');
    expect(triesOf(report)).toEqual({ 'test_exit.py › test_a': 'passed' });
    expect(report.problems).toEqual(['the run was stopped before its end']);
  });

  it('reads a path with a bracket', () => {
    expect(triesOf(recordedReport('pytest', 'bracket'))).toEqual({ '[id]/test_a.py › test_a': 'failed' });
  });

  it('knows no file where the class name is empty, and all that it can where no module or several show in it', () => {
    const ids = ['', 'shop.checks.Cart', 'test_a.test_b.TestC'].map((classname) => {
      const text = `<testsuite name="pytest"><testcase classname="${classname}" name="test_a[x0]"/></testsuite>`;
      const [result] = junit.read(text, {
        runner: 'pytest',
        cwd: '/suite',
        resultsOfCases: resultsOfPytest,
      }).results;
      return result?.id;
    });
    expect(ids).toEqual([
      { runner: 'pytest', suites: [], title: 'test_a[x0]' },
      { runner: 'pytest', suites: ['shop.checks.Cart'], title: 'test_a[x0]' },
      { runner: 'pytest', suites: ['test_a.test_b.TestC'], title: 'test_a[x0]' },
    ]);
  });

  it('takes the prefix of --junit-prefix for no class', () => {
    const text =
      '<testsuite><testcase classname="nightly.tests.test_a.TestB" file="tests/test_a.py" name="test_c"/></testsuite>';
    const { results } = junit.read(text, {
      runner: 'pytest',
      cwd: '/suite',
      resultsOfCases: resultsOfPytest,
    });
    expect(triesOf({ results, problems: [] })).toEqual({ 'tests/test_a.py › TestB › test_c': 'passed' });
  });
});
