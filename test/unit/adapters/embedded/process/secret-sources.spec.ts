import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecrets, type SecretSources } from '../../../../../lib/adapters/embedded/process/secrets';
import { RepriseError } from '../../../../../lib/core/errors';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-secrets-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const from = (sources: Partial<SecretSources>) => createSecrets({ env: {}, warn: () => {}, ...sources });

describe('a secret', () => {
  it('is what is mapped to its name, else a file of its name, else a variable', async () => {
    writeFileSync(join(dir, 'A'), 'file\n');
    writeFileSync(join(dir, 'B'), 'file of\r\ntwo lines\r\n');
    const secrets = from({
      ...{ env: { A: 'variable', B: 'variable', C: 'variable' }, dir },
      ...{ arns: new Map([['A', 'arn']]), fetch: async (arn) => `at ${arn}` },
    });
    expect(await Promise.all(['A', 'B', 'C'].map(secrets.resolve))).toEqual([
      'at arn',
      'file of\r\ntwo lines',
      'variable',
    ]);
  });

  it('that nobody knows is an error with all the ways to give it', async () => {
    await expect(from({ dir }).resolve('KEY')).rejects.toMatchObject({
      code: 'SECRET_NOT_FOUND',
      message: expect.stringMatching(
        /^the secret KEY is not known.* variable KEY .* file KEY .*--secrets-dir.* --secret KEY=ARN/,
      ),
    });
  });

  it.each([
    ['empty', '', /the secret KEY is empty: set/],
    ['with a zero byte', 'a\0b', /KEY holds a zero byte/],
    ['longer than a variable may be', 'x'.repeat(65_537), /KEY is longer than 65536 bytes/],
  ])('that is %s is an error, and not shown', async (_, value, message) => {
    const error: Error = await from({ env: { KEY: value } })
      .resolve('KEY')
      .catch((e) => e);
    expect(error.message).toMatch(message);
    expect(value !== '' && error.message.includes(value)).toBe(false);
  });

  it('that its service does not have is named in the error, and not looked for elsewhere', async () => {
    const fetch = () => Promise.reject(new RepriseError('SECRET_NOT_FOUND', 'AWS has nothing at arn'));
    const secrets = from({ env: { KEY: 'other' }, arns: new Map([['KEY', 'arn']]), fetch });
    await expect(secrets.resolve('KEY')).rejects.toThrow('the secret KEY: AWS has nothing at arn');
  });

  it('in a file that cannot be read is an error', async () => {
    mkdirSync(join(dir, 'KEY'));
    await expect(from({ dir, env: { KEY: 'other' } }).resolve('KEY')).rejects.toThrow('EISDIR');
  });

  it('that is too short to be masked is given, and said once', async () => {
    const warnings: string[] = [];
    const secrets = from({
      env: { PIN: '123', LONG: '1234' },
      warn: (message) => void warnings.push(message),
    });
    expect(await secrets.resolve('PIN')).toBe('123');
    await secrets.resolve('PIN');
    await secrets.resolve('LONG');
    expect(warnings).toEqual([expect.stringMatching(/PIN is too short to be masked/)]);
  });
});
