import { SCOPES } from '../../../lib/core/access/scopes';
import { EMPTY_HEAD } from '../../../lib/core/journal/envelope';
import type { JournalStore } from '../../../lib/core/ports/stores';
import { createApp } from '../../../lib/server/app';
import { createChanges } from '../../../lib/server/changes';

const TOKEN = 't'.repeat(32);
const written: string[] = [];
const journal: Pick<JournalStore, 'append'> = { append: async (stream) => void written.push(stream) };

function host() {
  const changes = createChanges();
  const app = createApp({
    ...{ routes: [], token: TOKEN, changes, onFault: () => undefined },
    caller: { subject: 'ana', scopes: [SCOPES.jobs] },
    health: async () => ({}),
  });
  const heard = changes.heard(journal);
  const append = (stream: string) => heard.append(stream, EMPTY_HEAD, []);
  const listen = (token = TOKEN) =>
    app.request('/changes', { headers: { authorization: `Bearer ${token}` } });
  return { append, listen, app };
}

/** What is told until a text was told. */
async function toldUntil(response: Response, end: string): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(end)) {
    const { done, value = '' } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

describe('GET /changes', () => {
  it('tells of every stream that grew, once where that came close together', async () => {
    const { append, listen } = host();
    const response = await listen();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    for (const stream of ['job/a', 'job/b', 'job/a']) await append(stream);
    const told = await toldUntil(response, 'job/b');
    expect(told.match(/event: change\ndata: .*/g)).toEqual([
      'event: change\ndata: job/a',
      'event: change\ndata: job/b',
    ]);
    expect(written.splice(0)).toEqual(['job/a', 'job/b', 'job/a']);
  });

  it('tells nothing to whoever has no token', async () => {
    expect((await host().listen('other')).status).toBe(401);
  });

  it('is in the document of a host that has it', async () => {
    const { paths } = (await (await host().app.request('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(['/changes']);
  });
});
