import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { getStreamEvents } from '../../../lib/api/get-stream-events';
import { perform } from '../../../lib/api/perform';
import { SCOPES } from '../../../lib/core/access/scopes';
import { EMPTY_HEAD } from '../../../lib/core/journal/envelope';
import { recordedAt } from '../../support/recorded';

const journal = createMemoryJournalStore();
const events = ['worker.registered', 'worker.draining', 'worker.lost'];

beforeAll(async () => {
  const recorded = recordedAt(
    'pool/default',
    events.map((type) => ({ event: { type, data: { workerId: 'w1' } } as never, at: 5 })),
  );
  await journal.append('pool/default', EMPTY_HEAD, recorded);
});

const ask = (
  kind: string,
  id: string,
  query: Record<string, string> = {},
  scopes: string[] = [SCOPES.admin],
) =>
  perform(getStreamEvents(journal), {
    ...{ caller: { subject: 'root', scopes }, requestId: 'r', traceId: 't', correlationId: 'c' },
    ...{
      params: { kind, id },
      query,
      bytes: new Uint8Array(),
      header: () => undefined,
      remainingMs: () => 1_000,
    },
  });

describe('GET /streams/{kind}/{id}/events', () => {
  it('has the journal of a pool, page by page', async () => {
    const first = await ask('pool', 'default', { limit: '2' });
    expect(first.body).toMatchObject({
      ...{ stream: 'pool/default', events: [{ type: events[0] }, { type: events[1] }], next_from: 3 },
    });
    expect(first.headers['Link']).toBe('<?limit=2&from=3>; rel="next"');
    const last = await ask('pool', 'default', { from: '3' });
    expect(last.body).toMatchObject({ events: [{ seq: 3, type: events[2] }] });
    expect(last.body).not.toHaveProperty('next_from');
  });

  it('is told of streams that are not there, and of kinds that there are not', async () => {
    await expect(ask('pool', 'gpu')).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    await expect(ask('secrets', 'x')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(ask('pool', '../x')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('is for administrators alone', async () => {
    await expect(ask('pool', 'default', {}, [SCOPES.jobs])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
