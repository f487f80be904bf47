import { robotXml } from '../../../../lib/reports/formats/robot-xml';
import { recordedReport, triesOf } from '../../../support/recorded-reports';

const CONTEXT = { runner: 'robot', cwd: '/suite' };

describe('the own report of Robot Framework', () => {
  it('tells tests apart by file, suites and name', () => {
    expect(triesOf(recordedReport('robot', 'suite.xml'))).toMatchObject({
      'suites/cart.robot › Suites › Cart › Adds': 'failed',
      'suites/cart.robot › Suites › Cart › Price [1]': 'failed',
      'suites/cart.robot › Suites › Cart › Price 1': 'passed',
      'suites/cart.robot › Suites › Cart › Is Off': 'skipped',
      'suites/inner/01__other_cart.robot › Suites › Inner › Other Cart › Adds': 'passed',
    });
  });

  it('keeps two tests of one name apart, so that none hides the failure of the other', () => {
    expect(triesOf(recordedReport('robot', 'stopped.xml'))).toMatchObject({
      'stops.robot › Stops › Same': 'passed',
      'stops.robot › Stops › Same (2)': 'passed',
    });
  });

  it.each([
    ['another document', '<other/>'],
    ['half of one', '<robot><suite name="a">'],
    ['a document type', '<!DOCTYPE robot><robot/>'],
  ])('is not %s', (_, text) => {
    expect(() => robotXml.read(text, CONTEXT)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('is known by its first element', () => {
    expect(robotXml.recognises('<?xml version="1.0"?>\n<robot generator="Robot 7.5">')).toBe(true);
    expect(robotXml.recognises('<testsuite name="robot"/>')).toBe(false);
  });
});
