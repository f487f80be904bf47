import { z } from 'zod';
import { createMemoryQuotas } from '../../../lib/adapters/memory/quotas';
import { errorAnswer } from '../../../lib/api/http-errors';
import { ownedGraphs } from '../../../lib/api/owned-graphs';
import { graphsPerDay, machinesPerDay, rationed } from '../../../lib/api/quota';
import { type ApiRequest, type Route, route, serve } from '../../../lib/api/route';
import { SCOPES } from '../../../lib/core/access/scopes';
import { RepriseError } from '../../../lib/core/errors';
import { graph, node } from '../../support/job-driver';
import { memoryOwners } from '../lambdas/owners';

const HOUR = 3_600_000;

function world(limit: number) {
  const time = { now: Date.UTC(2026, 5, 1, 23) };
  return { time, quota: { quotas: createMemoryQuotas(), clock: () => time.now, limit } };
}

describe('the calls of an owner', () => {
  const spec = {
    by: 'daemon',
    about: 'a test',
    scopes: [SCOPES.jobs],
    answers: { 200: z.object({}) },
  } as const;
  const things = serve(route('GET /things', spec), async () => ({ status: 200, body: {} }));
  const more = serve(route('GET /more', spec), async () => ({ status: 200, body: {} }));
  const by = (subject: string, scopes: readonly string[] = [SCOPES.jobs]) =>
    ({ caller: { subject, scopes } }) as unknown as ApiRequest<Route>;

  it('are so many in a minute, over all routes, and another owner’s as many', async () => {
    const { time, quota } = world(3);
    const [one, other] = [rationed(quota, things), rationed(quota, more)];
    for (const each of [one, other, one]) await each.handle(by('ana'));
    const refused = await other.handle(by('ana')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(errorAnswer(refused, { traceId: 't', instance: '/jobs' })).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '60' },
    });
    await other.handle(by('bob'));
    time.now += 45_000;
    const later = await one.handle(by('ana')).catch((error: unknown) => error);
    expect(errorAnswer(later, { traceId: 't', instance: '/jobs' }).headers).toMatchObject({
      'Retry-After': '15',
    });
    time.now += 15_000;
    await one.handle(by('ana'));
  });

  it('of an administrator are not counted, who may have to end what others began', async () => {
    const { quota } = world(1);
    const each = rationed(quota, things);
    for (let i = 0; i < 5; i++) await each.handle(by('root', [SCOPES.admin]));
  });
});

describe('the graphs of an owner', () => {
  const graphs = [1, 2, 3].map((slots) => graph([node('a', { slots })]));
  const ana = { subject: 'ana', scopes: [SCOPES.jobs] };

  function kept(limit: number) {
    const { time, quota } = world(limit);
    const stored = new Map<string, (typeof graphs)[number]>();
    const store = {
      put: async (hash: string, one: (typeof graphs)[number]) => void stored.set(hash, one),
      get: async (hash: string) =>
        stored.get(hash) ?? Promise.reject(new RepriseError('GRAPH_NOT_FOUND', hash)),
    };
    const owned = ownedGraphs({
      graphs: store,
      owners: memoryOwners(),
      take: graphsPerDay(quota),
      clock: () => time.now,
    });
    return { time, owned, stored };
  }
  const [first, second, third] = graphs as [
    (typeof graphs)[number],
    (typeof graphs)[number],
    (typeof graphs)[number],
  ];

  it('are so many new ones in a day; what they have they may bring again', async () => {
    const { owned, time, stored } = kept(2);
    for (const one of [first, second, first, first]) await owned.keep('ana', one);
    await expect(owned.keep('ana', third)).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      context: { retryAfterMs: HOUR },
    });
    expect(stored.size).toBe(2);
    await owned.keep('bob', third);
    time.now += HOUR;
    await owned.keep('ana', third);
  });

  it('are theirs, also when somebody else has brought the same', async () => {
    const { owned } = kept(5);
    const hash = await owned.keep('ana', first);
    const bob = { ...ana, subject: 'bob' };
    await expect(owned.get(bob, hash)).rejects.toMatchObject({ code: 'GRAPH_NOT_FOUND' });
    await owned.keep('bob', first);
    expect(await owned.get(bob, hash)).toBe(await owned.get(ana, hash));
    expect(await owned.get({ subject: 'root', scopes: [SCOPES.admin] }, hash)).toBe(first);
  });

  it('get machines of their own so many times a day, each graph counted once', async () => {
    const take = machinesPerDay(world(1).quota);
    await take('ana', 'h');
    await take('ana', 'h');
    await expect(take('ana', 'g')).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await take('bob', 'g');
  });
});
