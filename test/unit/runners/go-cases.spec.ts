import { recordedReport, triesOf } from '../../support/recorded-reports';

const CART = 'example.com/shop/cart';

describe('a report of gotestsum 1.13', () => {
  it('tells tests apart by package and name', () => {
    expect(triesOf(recordedReport('gotestsum', 'suite'))).toMatchObject({
      [`${CART} › TestAdds`]: 'failed',
      [`${CART} › TestPrices`]: 'failed',
      [`${CART} › TestPrices/a.b`]: 'passed',
      [`${CART} › TestPrices/one#01`]: 'failed',
      [`${CART} › TestOff`]: 'skipped',
      'example.com/shop/till › TestAdds': 'passed',
    });
    expect(recordedReport('gotestsum', 'suite').problems).toEqual([]);
  });

  it('has each try of a test that it ran again', () => {
    expect(triesOf(recordedReport('gotestsum', 'retried'))).toEqual({
      [`${CART} › TestAdds`]: 'failed passed',
      [`${CART} › TestAddsMore`]: 'passed',
    });
  });

  it('has a problem where a package ended before its other tests: by a panic, by an exit, or as it was not built', () => {
    expect(recordedReport('gotestsum', 'ended').problems).toEqual([
      'example.com/shop/exits ended in TestExits, before its other tests',
      'example.com/shop/panics ended in TestPanics, before its other tests',
      expect.stringMatching(/^example\.com\/shop\/unbuilt: .*setup failed/),
    ]);
  });
});
