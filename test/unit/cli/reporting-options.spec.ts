import { reportingOf } from '../../../lib/cli/reporting-options';

describe('where a command reports jobs to', () => {
  it('is nowhere unless it is said', () => {
    expect(reportingOf({}, { REPRISE_REPORT_TOKEN: 't' })).toBeUndefined();
    expect(reportingOf({ reportTo: 'http://r' }, {})).toBeDefined();
  });

  it('is refused with the name of a variable that is not set', () => {
    const options = { reportTo: 'http://r', reportToken: 'SHOP_TOKEN' };
    expect(() => reportingOf(options, { REPRISE_REPORT_TOKEN: 't' })).toThrow(/SHOP_TOKEN is not set/);
    expect(reportingOf(options, { SHOP_TOKEN: 't' })).toBeDefined();
  });
});
