import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createFileLetterList } from '../../../lib/adapters/embedded/disk/letter-list';
import { SCOPES } from '../../../lib/core/access/scopes';
import { dependencyAt } from '../../../lib/core/messages/address';
import { createApp } from '../../../lib/server/app';
import { servedRoutes } from '../../../lib/server/routes';
import {
  configuredWith,
  createServedWorld,
  NO_CLEANING,
  OWNER,
  type Process,
  until,
} from './support/served-world';

/** What follows from journals, and is kept to spare the reading of them. */
const CACHES = ['head.json', 'history.jsonl', 'taking-up.json', 'server.json'];

describe('a daemon whose directory has lost all but its journals', () => {
  const world = createServedWorld(({ nodeId }) => ({
    ms: 1_000,
    end: nodeId === 'bad' ? 'failed' : 'succeeded',
  }));
  let daemon: Process;

  function call(method: string, path: string, body?: unknown) {
    const { engine, journal } = daemon;
    const app = createApp({
      routes: servedRoutes({
        traces: { places: async () => [] },
        config: configuredWith(journal),
        ...{ engine, journal, slots: 2, clock: world.time.now },
        letters: createFileLetterList(world.layout),
        cleaning: NO_CLEANING,
      }),
      ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
      onFault: (_, error) => {
        throw error;
      },
    });
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    // biome-ignore lint/suspicious/noExplicitAny: what the routes answer is checked by them.
    return (async () => (await (await app.request(path, init)).json()) as any)();
  }

  async function runJob(name: string, nodes: readonly string[], status: string): Promise<string> {
    const graph = { name, nodes: nodes.map((id) => ({ id, run: 'x' })) };
    const { job_id: id } = await call('POST', '/jobs', { execution_graph: graph });
    await until(async () => (await call('GET', `/jobs/${id}`)).status === status, world.time.next);
    return id;
  }

  /** All that the API shows, of everything there is. */
  async function shown(): Promise<Record<string, unknown>> {
    const lists = ['/jobs', '/triggers', '/letters', '/dependencies'];
    const answers: Record<string, unknown> = {};
    for (const path of lists) answers[path] = await call('GET', path);
    const names = JSON.stringify(answers);
    const paths = [...names.matchAll(/"(job_id|group)":"([^"]+)"/g)].map(([, what, id]) =>
      what === 'job_id' ? [`/jobs/${id}`, `/jobs/${id}/events`] : [`/letters/${id}`],
    );
    for (const path of [...paths.flat(), '/triggers/push', '/dependencies/payments']) {
      answers[path] = await call('GET', path);
    }
    return answers;
  }

  it('shows the same as before: jobs, triggers, dependencies and letters', async () => {
    daemon = await world.boot();
    await world.set(daemon.engine, 'push', {});
    await world.set(daemon.engine, 'gone', {});
    await call('DELETE', '/triggers/gone');
    await runJob('good', ['a', 'b'], 'succeeded');
    await runJob('broken', ['a', 'bad'], 'failed');
    const forced = { type: 'forced', status: 'open', by: OWNER, reason: 'it lies' } as const;
    const origin = { id: 'f', actor: { kind: 'user', id: OWNER } } as const;
    await daemon.engine.streams.ask({ to: dependencyAt('payments'), message: forced }, origin);
    await until(async () => (await call('GET', '/letters')).groups.length === 1);
    await daemon.end();

    daemon = await world.boot();
    const before = await shown();
    expect(Object.keys(before)).toHaveLength(4 + 2 * 2 + 1 + 2);
    await daemon.end();

    const files = readdirSync(world.layout.root, { recursive: true, encoding: 'utf8' });
    const caches = files.filter((file) => CACHES.includes(basename(file)));
    expect(caches.length).toBeGreaterThanOrEqual(5);
    for (const file of caches) rmSync(join(world.layout.root, file));

    daemon = await world.boot();
    expect([daemon.failure(), daemon.warnings]).toEqual([undefined, []]);
    expect(await shown()).toEqual(before);
    await daemon.end();
  });
});
