import { routedHandler } from '../../../lambdas/runtime/routed';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { dependencyRoutes } from '../../../lib/api/dependencies';
import { dependencyView, listDependenciesResponse } from '../../../lib/contract/dependencies';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createKinds } from '../../../lib/core/engine/kinds';
import { dependencyAt } from '../../../lib/core/messages/address';
import type { DependencyMessage } from '../../../lib/core/messages/dependency';
import type { ListedDependency } from '../../../lib/core/ports/registries';
import { request } from './request';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const actor = { kind: 'engine', id: 'test' } as const;
const failed = (by: string): DependencyMessage => ({ type: 'observed', ok: false, by, startedAt: NOW });

function world(listed: readonly ListedDependency[] = []) {
  const journal = createMemoryJournalStore();
  const random = () => 0.5;
  const graphs = { get: () => Promise.reject(new Error('no dependency has a graph')) };
  const engine = createEngine(
    { journal, random, clock: () => NOW, perform: async () => {} },
    createKinds({ conditions: memoryConditions, journal, random, graphs }),
  );
  const handler = routedHandler(
    dependencyRoutes({ streams: askerOf(engine), list: { list: async () => listed } }),
  );
  const tell = (...messages: DependencyMessage[]) =>
    engine.handle(
      dependencyAt('payments'),
      messages.map((message, i) => ({ id: `m${i}`, actor, message })),
    );
  const on = (route: string, rest: Parameters<typeof request>[1] = {}) =>
    request(handler, { route, params: { name: 'payments' }, scopes: 'orchestration.admin', ...rest });
  return { on, tell, journal };
}

describe('GET /dependencies', () => {
  it('lists those that work names or named', async () => {
    const base = { status: 'closed', forced: false, since: 0 } as const;
    const { on } = world([
      { ...base, name: 'mail' },
      { ...base, name: 'payments', status: 'open', since: NOW, until: NOW + 1_000, why: 'it failed' },
    ]);
    const { status, body } = await on('GET /dependencies', { scopes: 'orchestration.jobs' });
    expect(status).toBe(200);
    expect(listDependenciesResponse.parse(body).dependencies).toEqual([
      { name: 'mail', state: 'closed', forced: false },
      {
        ...{ name: 'payments', state: 'open', forced: false, why: 'it failed' },
        ...{ since: '2026-03-02T00:00:00.000Z', until: '2026-03-02T00:00:01.000Z' },
      },
    ]);
  });
});

describe('GET /dependencies/{name}', () => {
  it('shows how it stands, what counts, who waits and what changed', async () => {
    const { on, tell } = world();
    await tell({ type: 'watched', pool: 'default' }, ...['a', 'b', 'c', 'd'].map(failed));
    const before = dependencyView.parse((await on('GET /dependencies/{name}')).body);
    expect(before).toMatchObject({ state: 'closed', calls: { counted: 4, failed: 4, slow: 0 } });
    await tell(failed('e'));
    expect(dependencyView.parse((await on('GET /dependencies/{name}')).body)).toEqual({
      ...{ name: 'payments', state: 'open', forced: false, pools: ['default'] },
      since: '2026-03-02T00:00:00.000Z',
      until: '2026-03-02T00:00:30.000Z',
      why: '5 of the last 5 calls failed, at or above 50 %',
      calls: { counted: 0, failed: 0, slow: 0 },
      recent: [
        {
          ...{ state: 'open', at: '2026-03-02T00:00:00.000Z' },
          why: '5 of the last 5 calls failed, at or above 50 %',
        },
      ],
    });
  });

  it('does not know one that nobody has named, and journals nothing', async () => {
    const { on, journal } = world();
    for (const route of ['GET /dependencies/{name}', 'POST /dependencies/{name}/reset']) {
      const { status, body } = await on(route, { body: {} });
      expect([status, body.code]).toEqual([404, 'DEPENDENCY_NOT_FOUND']);
    }
    expect(journal.streams.size).toBe(0);
  });

  it('refuses a name that can be none', async () => {
    const { on } = world();
    expect((await on('GET /dependencies/{name}', { params: { name: 'pay/ments' } })).status).toBe(400);
  });
});

describe('an administrator', () => {
  it('holds it open or closed, and has it begin anew', async () => {
    const { on } = world();
    const force = (body: object) => on('POST /dependencies/{name}/force', { body, subject: 'ana' });
    expect((await force({ state: 'open', reason: 'maintenance' })).body).toMatchObject({
      ...{ state: 'open', forced: true, why: 'maintenance' },
      recent: [{ state: 'open', by: 'ana', why: 'maintenance' }],
    });
    expect((await force({ state: 'closed' })).body).toMatchObject({
      ...{ state: 'closed', forced: true, why: 'by request' },
    });
    const { body } = await on('POST /dependencies/{name}/reset', { body: { reason: 'over' } });
    expect(body).toMatchObject({ state: 'closed', forced: false, why: 'over' });
    expect(body.recent).toHaveLength(3);
  });

  it('is told what is wrong with the request', async () => {
    const { on } = world();
    for (const body of [{}, { state: 'halfOpen' }, { state: 'open', until: 5 }]) {
      expect((await on('POST /dependencies/{name}/force', { body })).status).toBe(400);
    }
  });

  it('is who it takes: whoever has jobs only looks', async () => {
    const { on, journal } = world();
    for (const route of ['POST /dependencies/{name}/force', 'POST /dependencies/{name}/reset']) {
      const { status } = await on(route, { body: { state: 'open' }, scopes: 'orchestration.jobs' });
      expect(status).toBe(403);
    }
    expect(journal.streams.size).toBe(0);
  });
});
