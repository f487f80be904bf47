import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { configRoutes } from '../../../lib/api/config';
import { SCOPES } from '../../../lib/core/access/scopes';
import { createLiveConfig } from '../../../lib/core/configuration/live';
import { createConfigStore } from '../../../lib/core/configuration/store';
import { createApp } from '../../../lib/server/app';

function api(scopes: readonly string[] = [SCOPES.admin]) {
  const config = createLiveConfig({
    store: createConfigStore(createMemoryJournalStore(), () => 1_000),
    own: () => ({ file: { 'cleanup.keepJobs': 4 } }),
    ...{ clock: () => 1_000, ttlMs: 0, onFailure: () => undefined },
  });
  const app = createApp({
    ...{ routes: configRoutes({ config }), token: 't', caller: { subject: 'ana', scopes } },
    health: async () => ({}),
    onFault: (_, error) => {
      throw error;
    },
  });
  return async (method: string, path: string, body?: unknown, ifMatch?: string) => {
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    const response = await app.request(path, {
      ...{ method, headers: ifMatch === undefined ? headers : { ...headers, 'if-match': ifMatch } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
}

describe('the routes of the configuration', () => {
  it('show every key with its origin, and change what people set for the version that they saw', async () => {
    const call = api();
    const { body } = await call('GET', '/config');
    expect(body).toMatchObject({ version: 0, set: {} });
    expect(body['keys']).toContainEqual({ key: 'cleanup.keepJobs', value: 4, origin: 'file' });
    const set = { 'cleanup.keepJobs': 9 };
    const changed = await call('PUT', '/config', { set, reason: 'room' }, '"0"');
    expect(changed).toMatchObject({ status: 200, body: { version: 1, set } });
    const late = await call('PUT', '/config', { set: {} }, '"0"');
    expect(late).toMatchObject({ status: 412, body: { code: 'CONFIG_CONFLICT' } });
    expect((await call('PUT', '/config', { set: {} }, '*')).status).toBe(200);
    expect((await call('GET', '/config/history')).body).toEqual({
      changes: [
        {
          ...{ version: 2, at: '1970-01-01T00:00:01.000Z', by: 'ana', origin: 'set' },
          changes: [{ key: 'cleanup.keepJobs', before: 9 }],
        },
        {
          ...{ version: 1, at: '1970-01-01T00:00:01.000Z', by: 'ana', origin: 'set', reason: 'room' },
          changes: [{ key: 'cleanup.keepJobs', after: 9 }],
        },
      ],
    });
  });

  it.each([
    [{ set: { 'cleanup.keepJobs': -1 } }, '"0"', 'cleanup.keepJobs'],
    [{ set: { 'cleanup.keep': 1 } }, '"0"', 'did you mean \\"cleanup.keepJobs\\"'],
    [{ set: {} }, undefined, 'If-Match'],
    [{ set: {} }, 'W/"x"', 'If-Match'],
  ])('refuse %j with If-Match %j, and change nothing', async (body, ifMatch, message) => {
    const call = api();
    const refused = await call('PUT', '/config', body, ifMatch);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining(message)]);
    expect((await call('GET', '/config')).body).toMatchObject({ version: 0 });
  });

  it('are for administrators', async () => {
    const call = api([SCOPES.jobs]);
    expect((await call('GET', '/config')).status).toBe(403);
    expect((await call('PUT', '/config', { set: {} }, '*')).status).toBe(403);
  });
});
