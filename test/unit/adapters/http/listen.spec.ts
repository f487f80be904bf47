import { connect } from 'node:net';
import { Hono } from 'hono';
import { type Listening, listen } from '../../../../lib/adapters/http/listen';
import { problemDetails } from '../../../../lib/contract/errors';

let listening: Listening;
beforeAll(async () => {
  const app = new Hono();
  app.get('/', (c) => c.text('here'));
  listening = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => listening.close());

/** What a connection is answered to these bytes, to its end. */
async function answerTo(bytes: string) {
  const socket = connect(Number(new URL(listening.address).port), '127.0.0.1');
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const [head = '', body = ''] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

describe('what comes before a route is looked for', () => {
  it.each<[string, string, number, string]>([
    ['no HTTP', 'hello\r\n\r\n', 400, 'INPUT_INVALID'],
    [
      'of a host that is none',
      'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
      400,
      'INPUT_INVALID',
    ],
    [
      'of endless headers',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'INPUT_TOO_LARGE',
    ],
  ])('is a problem where it is %s', async (_, bytes, status, code) => {
    const answer = await answerTo(bytes);
    expect([answer.status, answer.head]).toEqual([
      status,
      expect.stringContaining('content-type: application/problem+json'),
    ]);
    const problem = problemDetails.parse(JSON.parse(answer.body));
    expect(problem).toMatchObject({ status, code });
    expect(answer.head).toContain(`x-trace-id: ${problem.trace_id}`);
    expect(answer.head).toContain(`x-correlation-id: ${problem.correlation_id?.toLowerCase()}`);
  });

  it('does not keep the server from the next one', async () => {
    await answerTo('hello\r\n\r\n');
    expect(await (await fetch(listening.address)).text()).toBe('here');
  });
});
