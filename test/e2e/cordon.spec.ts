import { listen } from '../../lib/adapters/http/listen';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createMemoryHistory } from '../../lib/adapters/memory/history';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { predictionRoutes } from '../../lib/api/predictions';
import { workerCommands } from '../../lib/api/workers';
import { SCOPES } from '../../lib/core/access/scopes';
import { askerOf } from '../../lib/core/engine/asker';
import { createEngine } from '../../lib/core/engine/engine';
import { createKinds } from '../../lib/core/engine/kinds';
import { poolAt } from '../../lib/core/messages/address';
import { createApp } from '../../lib/server/app';
import { workspace } from '../support/e2e-cli';

/** A deployed engine as far as it has workers: a pool with one of them, behind the routes of the API. */
async function engine() {
  const [journal, random, clock] = [createMemoryJournalStore(), () => 0.5, Date.now];
  const graphs = { get: () => Promise.reject(new Error('no pool has a graph')) };
  const kinds = createKinds({ conditions: memoryConditions, journal, random, graphs });
  const streams = askerOf(createEngine({ journal, random, clock, perform: async () => {} }, kinds));
  const actor = { kind: 'engine', id: 'test' } as const;
  const worker = { workerId: 'build-7', labels: ['linux'], slots: 2 };
  await streams.ask(
    { to: poolAt('default'), message: { type: 'workerRegistered', worker } },
    { id: 'r', actor },
  );
  const app = createApp({
    routes: [
      ...workerCommands({
        pools: ['default'],
        streams: { send: async (delivery, origin) => void (await streams.ask(delivery, origin)) },
      }),
      ...predictionRoutes({
        ...{ view: streams.view, pools: ['default'], clock, history: createMemoryHistory() },
        dependencies: { list: async () => [] },
      }),
    ],
    ...{ token: 't', caller: { subject: 'root', scopes: [SCOPES.admin] }, health: async () => ({}) },
    onFault: (message) => {
      throw new Error(message);
    },
  });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

it('`reprise workers` cordons a worker of the engine that --api names, shows why, and takes it back', async () => {
  const { address, close } = await engine();
  const space = workspace();
  const workers = async (...words: string[]) => {
    const args = ['workers', ...words, '--api', address, '--token', 't', '--json'];
    const { code, stdout, stderr } = await space.run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  try {
    expect(await workers('list')).toMatchObject({ workers: [{ worker_id: 'build-7', status: 'active' }] });
    const cordoned = await workers('cordon', 'build-7', '--reason', 'its disk is full');
    expect(cordoned).toEqual({ worker: 'build-7', pool: 'default', cordoned: true });
    expect(await workers()).toMatchObject({
      workers: [{ status: 'cordoned', cordon: { reason: 'its disk is full' } }],
    });
    await workers('uncordon', 'build-7');
    expect((await workers('list')).workers[0]).not.toHaveProperty('cordon');
  } finally {
    await close();
  }
}, 60_000);
