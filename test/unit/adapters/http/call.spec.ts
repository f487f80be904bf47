import { z } from 'zod';
import { call } from '../../../../lib/adapters/http/call';
import { isRepriseError, type RepriseError } from '../../../../lib/core/errors';

const schema = z.object({ ok: z.boolean() });

function answering(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (async () => new Response(text, { status, headers })) as typeof fetch;
}

async function errorOf(fake: typeof fetch): Promise<RepriseError> {
  const request = { method: 'GET', url: 'http://engine/x?secret=1', timeoutMs: 50, fetch: fake } as const;
  const error = await call(request, schema).catch((e: unknown) => e);
  if (!isRepriseError(error)) throw new Error('expected an error of the catalogue', { cause: error });
  return error;
}

describe('a call', () => {
  it('answers the body that the schema describes', async () => {
    const request = {
      method: 'GET',
      url: 'http://engine',
      timeoutMs: 50,
      fetch: answering(200, { ok: true }),
    } as const;
    expect(await call(request, schema)).toEqual({ ok: true });
  });

  it.each([
    [500, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [429, 'UPSTREAM_UNAVAILABLE'],
    [408, 'UPSTREAM_UNAVAILABLE'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [400, 'INPUT_INVALID'],
    [418, 'INPUT_INVALID'],
  ])('translates status %d to %s', async (status, code) => {
    expect(await errorOf(answering(status))).toMatchObject({ code, context: { status } });
  });

  it('with a header that cannot be sent is refused, without its value', async () => {
    const request = {
      method: 'GET',
      url: 'http://engine',
      timeoutMs: 50,
      fetch: answering(200, { ok: true }),
    } as const;
    const headers = { authorization: 'Bearer secret\nof two lines' };
    const error = await call({ ...request, headers }, schema).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('the header authorization cannot be sent'),
    });
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain('secret');
  });

  it('takes code, message and problems from the answer', async () => {
    const body = {
      code: 'JOB_EXISTS',
      detail: 'it is there',
      problems: [{ path: 'a', message: 'b' }],
      trace_id: 't',
    };
    const error = await errorOf(answering(409, body));
    expect(error).toMatchObject({ code: 'JOB_EXISTS', problems: [{ path: 'a', message: 'b' }] });
    expect(error.message).toBe('GET http://engine/x answered 409: it is there');
  });

  it('knows how many problems the answer does not list', async () => {
    const problems = [{ path: 'a', message: 'b' }];
    const body = {
      code: 'INPUT_INVALID',
      detail: 'm',
      problems,
      more_problems: 41,
      trace_id: 't',
    };
    expect(await errorOf(answering(400, body))).toMatchObject({ count: 42 });
  });

  it('reads no more of an answer than may be', async () => {
    let pulled = 0;
    const endless = (async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(1_000));
          },
        }),
      )) as typeof fetch;
    const request = { method: 'GET', url: 'http://engine/x', timeoutMs: 5_000, fetch: endless } as const;
    await expect(call({ ...request, maxBytes: 10_000 }, schema)).rejects.toMatchObject({
      ...{ code: 'INPUT_TOO_LARGE', message: expect.stringContaining('more than 10000 bytes') },
    });
    expect(pulled).toBeLessThan(100);
  });

  it('does not believe a code that it does not know, nor a terminal one of a busy service', async () => {
    const body = (code: string) => ({ code, detail: 'm', trace_id: 't' });
    expect((await errorOf(answering(400, body('toString')))).code).toBe('INPUT_INVALID');
    expect((await errorOf(answering(500, body('JOB_NOT_FOUND')))).disposition).toBe('retryable');
  });

  it('hands on how long the service asks to wait', async () => {
    expect((await errorOf(answering(429, {}, { 'retry-after': '7' }))).context).toMatchObject({
      retryAfterMs: 7_000,
    });
    const date = await errorOf(answering(429, {}, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }));
    expect(date.context).not.toHaveProperty('retryAfterMs');
  });

  it('is retryable when nobody answers', async () => {
    const refused = (async () => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    }) as typeof fetch;
    const error = await errorOf(refused);
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', disposition: 'retryable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('ends when it takes too long', async () => {
    const silent = ((_: unknown, init?: RequestInit) =>
      new Promise((__, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      })) as typeof fetch;
    expect((await errorOf(silent)).message).toContain('no answer within 50 ms');
  });

  it('says so when something else than the API answers', async () => {
    const error = await errorOf(answering(200, '<html>hello</html>'));
    expect(error).toMatchObject({ code: 'INPUT_INVALID', disposition: 'terminal' });
    expect(error.message).toContain('is the address right?');
  });
});
