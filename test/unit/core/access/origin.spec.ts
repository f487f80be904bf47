import { isOwnHost, isOwnOrigin } from '../../../../lib/core/access/origin';

describe('the host of a request', () => {
  it.each([
    ...[
      '127.0.0.1',
      '127.0.0.1:4400',
      '[::1]:4400',
      '[::1]',
      'localhost',
      'LOCALHOST:4400',
      'localhost.:4400',
    ],
    ...['10.1.2.3:80', 'ci.shop.test', 'CI.shop.test:4400'],
  ])('is the daemon’s own as %s', (host) => {
    expect(isOwnHost(host, ['ci.shop.test'])).toBe(true);
  });

  it.each([
    ...[
      'evil.test',
      'evil.test:4400',
      '127.0.0.1.evil.test',
      'localhost.evil.test',
      'x.ci.shop.test',
      'ci.shop.test.evil.test',
    ],
    ...['', ':4400', 'evil.test#127.0.0.1', '127.0.0.1@evil.test', '2130706433', '0x7f000001'],
  ])('is another’s as "%s"', (host) => {
    expect(isOwnHost(host, ['ci.shop.test'])).toBe(false);
  });
});

describe('the origin of a request', () => {
  it.each([
    ['http://127.0.0.1:4400', '127.0.0.1:4400'],
    ['http://localhost', 'localhost:80'],
    ['https://ci.shop.test', 'ci.shop.test'],
    ['https://ci.shop.test', 'CI.shop.test:443'],
    ['http://[::1]:4400', '[::1]:4400'],
  ])('%s is that of %s', (origin, host) => {
    expect(isOwnOrigin(origin, host)).toBe(true);
  });

  it.each([
    ['http://evil.test', '127.0.0.1:4400'],
    ['http://127.0.0.1:4401', '127.0.0.1:4400'],
    ['http://localhost:4400', '127.0.0.1:4400'],
    ['null', '127.0.0.1:4400'],
    ['', '127.0.0.1:4400'],
    ['file://', '127.0.0.1:4400'],
    ['chrome-extension://127.0.0.1:4400', '127.0.0.1:4400'],
    ['http://127.0.0.1:4400', undefined],
  ])('"%s" is another one than %s', (origin, host) => {
    expect(isOwnOrigin(origin, host)).toBe(false);
  });
});
