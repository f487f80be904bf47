import { fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readToken } from '../../../lib/cli/own-token';

let dir: string;
const known = process.env['REPRISE_TOKEN'];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-token-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  delete process.env['REPRISE_TOKEN_FILE'];
  if (known !== undefined) process.env['REPRISE_TOKEN'] = known;
});

function file(text: string): string {
  writeFileSync(join(dir, 'token'), text);
  return join(dir, 'token');
}

describe('the token of a command', () => {
  it('comes from a file, without the line end', () => {
    expect(readToken({ tokenFile: file('jwt\n') })).toBe('jwt');
    process.env['REPRISE_TOKEN_FILE'] = file('other');
    expect(readToken({})).toBe('other');
  });

  it('comes from a descriptor, which is closed', () => {
    const fd = openSync(file('jwt'), 'r');
    expect(readToken({ tokenFile: `/dev/fd/${fd}` })).toBe('jwt');
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });

  it('comes from a variable, which is gone afterwards', () => {
    process.env['REPRISE_TOKEN'] = 'jwt-of-a-variable';
    expect(readToken({})).toBe('jwt-of-a-variable');
    expect(process.env).not.toHaveProperty('REPRISE_TOKEN');
    expect(readToken({})).toBe('jwt-of-a-variable');
  });

  it.each([
    ['is not there', '/no/such/file', /cannot read the token from \/no\/such\/file: there is no such file/],
    ['is a directory', tmpdir(), /cannot read the token/],
  ])('is missing where the file %s', (_, tokenFile, message) => {
    expect(() => readToken({ tokenFile })).toThrow(message);
  });

  it.each(['{\n "a": "secret-1"\n}', 'secret-1 secret-2', 'secret-1\u00e9'])(
    'is none that no header can have, and is not said: %j',
    (text) => {
      const found = () => readToken({ tokenFile: file(text) });
      expect(found).toThrow(/token holds no token: a token is one line, without blanks$/);
      expect(() => readToken({ token: text })).toThrow(/^what is given as the token holds no token/);
      expect(found).not.toThrow(/secret/);
    },
  );

  it('is missing where the file is empty', () => {
    expect(() => readToken({ tokenFile: file(' \n') })).toThrow(/holds no token/);
  });
});
