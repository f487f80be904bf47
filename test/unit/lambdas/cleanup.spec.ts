import { type CleanDeps, clean } from '../../../lambdas/cleaner/clean';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { routedHandler } from '../../../lambdas/runtime/routed';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { cleanupRoutes } from '../../../lib/api/cleanup';
import { cleanupView, startCleanupResponse } from '../../../lib/contract/cleanup';
import type { PublicEvent } from '../../../lib/core/messages/public-event';
import type { Leftover } from '../../../lib/core/ports/cleanup';
import { request } from './request';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const DAY_MS = 86_400_000;
const old: Leftover = { kind: 'job', id: 'j1', idleSince: NOW - 100 * DAY_MS };
const bad: Leftover = { kind: 'job', id: 'j2', idleSince: NOW - 100 * DAY_MS };

function world({ isDry = false } = {}) {
  const journal = createMemoryJournalStore();
  const published: PublicEvent[] = [];
  const removed: string[] = [];
  const deps: CleanDeps = {
    ...{ journal, isDry, retention: { jobDays: 90, keepJobs: 0 }, clock: () => NOW },
    publisher: { publish: async (event) => void published.push(event) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    keeper: {
      survey: async () => ({ leftovers: [old, bad], neededGraphs: [], foreign: [], isComplete: true }),
      async remove({ id }) {
        if (id === 'j2') throw new Error('AccessDenied');
        removed.push(id);
        return undefined;
      },
    },
  };
  const orders: unknown[] = [];
  const starter = { start: async (order: unknown) => void orders.push(order) };
  const handler = routedHandler(cleanupRoutes({ starter, journal, clock: () => NOW }));
  const on = (route: string, rest: Parameters<typeof request>[1] = {}) =>
    request(handler, { route, scopes: 'orchestration.admin', ...rest });
  return {
    ...{ journal, published, removed, orders, on },
    run: (event: unknown) => clean(deps, event, { id: 'invocation', hasTime: () => true }),
  };
}

describe('the cleanup of a deployment', () => {
  it('is run by the clock: removes, journals, says so on the bus, and can be read', async () => {
    const { run, on, removed, published, journal } = world();
    expect(await run({ 'detail-type': 'Scheduled Event' })).toMatchObject({ isDry: false, failed: 1 });
    expect(removed).toEqual(['j1']);
    expect(published.map(({ type, detail }) => [type, detail])).toEqual([
      [
        'orchestration.cleanup.completed',
        { run: 'invocation', counts: { job: 1 }, bytes: 0, failed: 1, complete: true },
      ],
    ]);
    const { status, body } = await on('GET /cleanup');
    expect(status).toBe(200);
    expect(cleanupView.parse(body).latest).toEqual({
      ...{ run: 'invocation', by: 'clock', dry_run: false, job_days: 90 },
      ...{ started_at: '2026-03-02T00:00:00.000Z', completed_at: '2026-03-02T00:00:00.000Z' },
      ...{ counts: { job: 1 }, failed: 1, complete: true },
      items: [{ kind: 'job', id: 'j1', why: 'it is over, for 100 days' }],
      stayed: [{ kind: 'job', id: 'j2', reason: 'AccessDenied', failed: true }],
    });
    const [{ actor } = { actor: undefined }] = journal.streams.get('cleanup/2026-03') ?? [];
    expect(actor).toEqual({ kind: 'timer', id: 'cleaner' });
  });

  it('removes nothing in a dry run, which a person asks for and reads', async () => {
    const { run, on, removed, published, orders } = world();
    const started = await on('POST /cleanup', { body: { dry_run: true } });
    expect(started.status).toBe(202);
    const { run: id } = startCleanupResponse.parse(started.body);
    expect(orders).toEqual([{ run: id, by: expect.any(String), dryRun: true }]);
    expect(await run(orders[0])).toMatchObject({ isDry: true });
    expect([removed, published]).toEqual([[], []]);
    const { latest } = cleanupView.parse((await on('GET /cleanup')).body);
    expect(latest).toMatchObject({ run: id, dry_run: true, counts: { job: 2 }, complete: true });
    expect(latest?.items.map((each) => each.id)).toEqual(['j1', 'j2']);
  });

  it('removes nothing, whoever asks, where the environment says dry', async () => {
    const { run, removed } = world({ isDry: true });
    expect(await run({ run: 'r', by: 'ana', dryRun: false })).toMatchObject({ isDry: true });
    expect(removed).toEqual([]);
  });

  it('is for administrators, and takes nothing that it does not know', async () => {
    const { on, orders } = world();
    for (const route of ['POST /cleanup', 'GET /cleanup'])
      expect((await on(route, { scopes: 'orchestration.jobs', body: {} })).status).toBe(403);
    expect((await on('POST /cleanup', { body: { dryRun: true } })).status).toBe(400);
    expect((await on('GET /cleanup')).body).toEqual({});
    expect(orders).toEqual([]);
  });

  it('owes nothing to the outbox relay, and neither does a stream that it sealed', async () => {
    const send = jest.fn();
    const keys = (pk: string) => ({ Keys: { pk: { S: pk }, sk: { S: 'EVT#0000000005' } } });
    const records = ['cleanup/2026-03', 'job/sealed', 'job/behind'].map((pk) => ({
      eventName: 'INSERT' as const,
      dynamodb: keys(pk),
    }));
    const marksOf = async (pages: ReadonlyMap<string, number>) => {
      expect([...pages]).toEqual([
        ['job/sealed', 5],
        ['job/behind', 5],
      ]);
      const marks = { 'job/sealed': { to: 0, confirmed: 0 }, 'job/behind': { to: 5, confirmed: 4 } };
      return new Map(Object.entries(marks));
    };
    expect(await passOnUnconfirmed({ marksOf, send, delaySeconds: 1 }, records)).toBe(1);
    expect(send).toHaveBeenCalledWith({ body: { stream: 'job/behind', to: 5 }, delaySeconds: 1 });
  });
});
