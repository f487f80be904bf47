import { checkApi } from '../../../lib/cli/doctor-api';

const NOW = () => new Date().toUTCString();
const answering = (status: number, date = NOW()) =>
  (async () => new Response('{}', { status, headers: { date } })) as typeof fetch;

async function verdicts(ask: typeof fetch) {
  const checks = await checkApi('https://engine.test/v1/', 'token', ask);
  return Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
}

describe('a deployed engine', () => {
  it('that answers is reached with its stage, by the token', async () => {
    const ask = jest.fn(answering(200));
    expect(await verdicts(ask as typeof fetch)).toEqual({
      'api.reachable': 'pass',
      'api.credentials': 'pass',
      'api.clock': 'pass',
    });
    expect(ask).toHaveBeenCalledWith(
      'https://engine.test/v1/jobs?limit=1',
      expect.objectContaining({ headers: { authorization: 'Bearer token' } }),
    );
  });

  it.each([
    [401, 'api.credentials', 'fail'],
    [403, 'api.credentials', 'fail'],
    [404, 'api.credentials', 'fail'],
    [429, 'api.credentials', 'warn'],
    [503, 'api.reachable', 'fail'],
  ])('that answers %d is told of %s: %s', async (status, id, verdict) => {
    expect((await verdicts(answering(status)))[id]).toBe(verdict);
  });

  it('that is not there is said so, with the cause', async () => {
    const ask = async () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: new Error('getaddrinfo ENOTFOUND') });
    };
    const [check] = await checkApi('https://engine.test', 't', ask as typeof fetch);
    expect(check).toMatchObject({
      id: 'api.reachable',
      verdict: 'fail',
      seen: expect.stringContaining('ENOTFOUND'),
    });
  });

  it('whose clock is another one is said so', async () => {
    const ask = answering(200, new Date(Date.now() - 60_000).toUTCString());
    expect((await verdicts(ask))['api.clock']).toBe('warn');
  });
});
