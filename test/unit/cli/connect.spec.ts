import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLetterClient } from '../../../lib/adapters/http/letter-client';
import { askBy } from '../../../lib/cli/connect';

let server: Server;
afterEach(() => server.close());

/** Letters as a command asks for them, of whatever answers there; and what it says meanwhile. */
async function asked(answers: RequestListener) {
  server = createServer(answers);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const answer = await askBy(createLetterClient, { api, token: 't', journal: '.reprise' }, (client) =>
    client.list({}),
  ).catch((error: unknown) => error);
  const lines = said.mock.calls.map(([text]) => String(text));
  said.mockRestore();
  return { api, answer, lines };
}

const LETTERS = JSON.stringify({ groups: [] });

describe('an address of something else', () => {
  it('is called that, and not by what happens to answer there', async () => {
    const { api, answer } = await asked((_, response) => {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchBucket</Code></Error>');
    });
    expect(answer).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`${api} answers, and is no API of an engine: check the address`),
    });
  });

  it('is not what an engine says of a thing that it does not know', async () => {
    const { answer } = await asked((_, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'LETTER_NOT_FOUND', detail: 'no letters in g' }));
    });
    expect(answer).toMatchObject({ code: 'LETTER_NOT_FOUND' });
  });
});

describe('an engine that is away', () => {
  it('is asked again, which is said once', async () => {
    let calls = 0;
    const { api, answer, lines } = await asked((_, response) => {
      calls += 1;
      response.writeHead(calls < 3 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(calls < 3 ? '{"detail": "starting"}' : LETTERS);
    });
    expect(answer).toEqual({ groups: [] });
    expect(lines).toEqual([`reprise: GET ${api}/letters answered 503: starting; trying again for 30 s\n`]);
  });

  it('is not spoken of where it answers', async () => {
    const { lines } = await asked((_, response) => response.end(LETTERS));
    expect(lines).toEqual([]);
  });
});
