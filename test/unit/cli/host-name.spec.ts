import { parseHostName } from '../../../lib/cli/options';

describe('--allow-host', () => {
  it('is a name, and one more each time', () => {
    const names = ['ci', 'ci.example.com', 'a-b.c_d.internal', 'xn--bcher-kva.example'];
    expect(names.reduce<readonly string[]>((before, name) => parseHostName(name, before), [])).toEqual(names);
  });

  it.each(['', '//', 'https://ci.example.com', 'ci:4400', 'ci/', '.ci', 'ci.', 'a..b', '-ci', 'c i'])(
    'says what %j is not',
    (text) => {
      expect(() => parseHostName(text)).toThrow(
        /^--allow-host is a name such as ci\.example\.com, without a scheme, a port or a path, not "/,
      );
    },
  );
});
