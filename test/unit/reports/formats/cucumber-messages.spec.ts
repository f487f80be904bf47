import { cucumberMessages } from '../../../../lib/reports/formats/cucumber-messages';
import { recordedReport, triesOf } from '../../../support/recorded-reports';

const CONTEXT = { runner: 'cucumber', cwd: '/suite' };

describe('messages of Cucumber 12.9', () => {
  it('tell scenarios and rows apart by file, feature, rule and name', () => {
    const report = recordedReport('cucumber', 'suite');
    expect(triesOf(report)).toEqual({
      'features/cart.feature › Cart › adds': 'failed',
      'features/cart.feature › Cart › adds more': 'passed',
      'features/cart.feature › Cart › costs <price> › #1.1': 'passed',
      'features/cart.feature › Cart › costs <price> › #1.2': 'failed',
      'features/cart.feature › Cart › costs <price> › #2.1': 'failed',
      'features/cart.feature › Cart › adds (2)': 'failed',
      'features/cart.feature › Cart › is off': 'skipped',
      'features/cart.feature › Cart › a rule › adds': 'failed',
      'features/cart.feature › Cart › a rule › odd (name) [x] * ? $HOME "q" \'q\' | a/b:12': 'failed',
      'features/odd [dir]/a (file).feature › Odd › adds': 'failed',
      'features/odd [dir]/a (file).feature › Odd › removes': 'passed',
    });
    expect(report.problems).toEqual([]);
    expect(report.results[0]).toMatchObject({
      id: { address: 'features/cart.feature:6' },
      message: expect.stringContaining('true == false'),
    });
  });

  it('name the second scenario of a name and a row the same when nothing else runs', () => {
    expect(Object.keys(triesOf(recordedReport('cucumber', 'again')))).toEqual([
      'features/cart.feature › Cart › costs <price> › #2.1',
      'features/cart.feature › Cart › adds (2)',
    ]);
  });

  it('have each try of a scenario', () => {
    expect(triesOf(recordedReport('cucumber', 'retried'))).toEqual({
      'features/cart.feature › Cart › adds': 'failed passed',
    });
  });

  it('do not call skipped what --fail-fast kept from beginning', () => {
    const { 'features/cart.feature › Cart › adds': first, ...rest } = triesOf(
      recordedReport('cucumber', 'stopped'),
    );
    expect(first).toBe('failed');
    expect(new Set(Object.values(rest))).toEqual(new Set(['unfinished']));
  });

  it('have a failure where a step is not defined', () => {
    expect(recordedReport('cucumber', 'undefined').results).toMatchObject([
      { status: 'failed', message: 'a step is not defined' },
    ]);
  });

  it('have a problem where a file cannot be parsed, as then nothing runs', () => {
    expect(recordedReport('cucumber', 'syntax')).toEqual({
      results: [],
      problems: [expect.stringContaining('features/a.feature: (4:3)'), 'the run was stopped before its end'],
    });
  });

  it('have a problem where they end before the run, as after a hook around it that throws', () => {
    const meta = '{"meta":{"protocolVersion":"32.2.0"}}';
    expect(cucumberMessages.recognises(meta)).toBe(true);
    expect(cucumberMessages.read(meta, CONTEXT).problems).toEqual(['the run was stopped before its end']);
  });

  it('have what began and did not end as unfinished', () => {
    const lines = [
      { pickle: { id: 'p', uri: 'a.feature', name: 'a', astNodeIds: ['s'] } },
      { testCase: { id: 'c', pickleId: 'p' } },
      { testCaseStarted: { id: 't', testCaseId: 'c' } },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(triesOf(cucumberMessages.read(text, CONTEXT))).toEqual({ 'a.feature › a': 'unfinished' });
  });

  it('take a pending step for a failure, unless the run passed without strictness', () => {
    const run = (success: boolean) =>
      [
        { pickle: { id: 'p', uri: 'a.feature', name: 'a', astNodeIds: ['s'] } },
        { testCase: { id: 'c', pickleId: 'p' } },
        { testCaseStarted: { id: 't', testCaseId: 'c' } },
        {
          testStepFinished: {
            testCaseStartedId: 't',
            testStepResult: { status: 'PENDING', duration: { seconds: 0, nanos: 1 } },
          },
        },
        { testCaseFinished: { testCaseStartedId: 't' } },
        { testRunFinished: { success } },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n');
    expect(triesOf(cucumberMessages.read(run(false), CONTEXT))).toEqual({ 'a.feature › a': 'failed' });
    expect(triesOf(cucumberMessages.read(run(true), CONTEXT))).toEqual({ 'a.feature › a': 'skipped' });
  });

  it.each(['{', '[]', '{"pickle":{}}'])('are not %s', (text) => {
    expect(() => cucumberMessages.read(text, CONTEXT)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });
});
