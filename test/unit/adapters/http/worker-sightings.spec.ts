import { createWorkerProbe, createWorkerSightings } from '../../../../lib/adapters/http/worker-sightings';
import { RepriseError } from '../../../../lib/core/errors';
import type { RegisteredWorker } from '../../../../lib/core/ports/registries';

const base: RegisteredWorker = { workerId: 'w', labels: [], slots: 4, lastSeenAt: 100, running: 2 };
const a = { jobId: 'j', nodeId: 'a', attempt: 1 };
const b = { jobId: 'j', nodeId: 'b', attempt: 2 };
const body = { job_id: 'j', node_id: 'b', attempt: 2 };
const report = { type: 'succeeded', durationMs: 1, outputs: {} } as const;
const silent = () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'no answer'));

function world(worker: RegisteredWorker | undefined, rest: { answers?: boolean } = {}) {
  const { answers = true } = rest;
  const call = jest.fn(async () => ({
    status: async ({ nodeId }: { nodeId: string }) =>
      nodeId === 'a' ? ('finished' as const) : ('running' as const),
    results: async () => report,
    running: answers ? async () => [b] : silent,
  }));
  const ask = jest.fn(
    () => async () =>
      answers ? { attempts: ['finished' as const, 'running' as const], running: [body] } : silent(),
  );
  const workers = { find: async () => worker, list: async () => (worker ? [worker] : []) };
  return { ...createWorkerSightings({ workers, call, ask }), call, ask };
}

describe('a worker that is asked', () => {
  it('at its endpoint says how attempts ended', async () => {
    const { of, ask } = world({ ...base, endpoint: 'https://w.test' });
    expect(await of({ pool: 'p', workerId: 'w' }, [a, b])).toEqual({
      attempts: new Map([
        ['j/a/1', { status: 'finished', report }],
        ['j/b/2', { status: 'running' }],
      ]),
      running: [b],
    });
    expect(ask).not.toHaveBeenCalled();
  });

  it('over its connection says that they ended', async () => {
    const { of, call } = world({ ...base, connectionId: 'c' });
    expect(await of({ pool: 'p', workerId: 'w' }, [a, b])).toEqual({
      attempts: new Map([
        ['j/a/1', { status: 'finished' }],
        ['j/b/2', { status: 'running' }],
      ]),
      running: [b],
    });
    expect(call).not.toHaveBeenCalled();
  });

  it.each([
    ['is in no registry', undefined, true],
    ['is held for lost', { ...base, lostAt: 1 }, true],
    ['does not answer at its endpoint', { ...base, endpoint: 'https://w.test' }, false],
    ['does not answer over its connection', { ...base, connectionId: 'c' }, false],
  ])('has said nothing where it %s', async (_, worker, answers) => {
    expect(await world(worker, { answers }).of({ pool: 'p', workerId: 'w' }, [a])).toBeUndefined();
  });
});

describe('a worker that said by itself how much it runs', () => {
  const trusted = async (worker: RegisteredWorker, count: number, latestAt = 50) =>
    (await world(worker).trusted('p', new Map([['w', { count, latestAt }]]))).has('w');

  it('need not be asked where that is as much as was leased to it', async () => {
    expect(await trusted(base, 2)).toBe(true);
  });

  it.each([
    ['less', { ...base, running: 1 }],
    ['more', { ...base, running: 3 }],
    ['as much before it was lost', { ...base, lostAt: 99 }],
  ])('is asked where it said %s', async (_, worker) => {
    expect(await trusted(worker, 2)).toBe(false);
  });

  it('gives no reason to doubt where it spoke before the latest lease', async () => {
    expect(await trusted({ ...base, running: 1 }, 2, 101)).toBe(true);
  });

  it('is asked where nothing was leased to it and it runs something', async () => {
    expect((await world(base).trusted('p', new Map())).has('w')).toBe(false);
  });
});

describe('a worker that is called to find out whether it lives', () => {
  const probe = (worker: RegisteredWorker, failure?: RepriseError) => {
    const answer = () => (failure ? Promise.reject(failure) : Promise.resolve({ attempts: [], running: [] }));
    const call = async () => ({
      status: jest.fn(),
      results: jest.fn(),
      running: async () => (await answer()).running,
    });
    return createWorkerProbe({ call: call as never, ask: () => answer })('p', worker);
  };
  const pulls = { ...base, connectionId: 'c' };
  const serves = { ...base, endpoint: 'https://w.test' };
  const fails = (context: object) =>
    new RepriseError('UPSTREAM_UNAVAILABLE', 'no answer', { context: { ...context } });

  it.each([
    ['serves an endpoint', serves],
    ['pulls', pulls],
  ])('answers where it %s, or does not', async (_, worker) => {
    expect(await probe(worker)).toBe(true);
    expect(await probe(worker, fails({}))).toBe(false);
    expect(await probe(worker, fails({ isConnected: false }))).toBe(false);
  });

  it('cannot be asked where a service of ours fails', async () => {
    await expect(probe(pulls, fails({ isOurs: true }))).rejects.toThrow('no answer');
  });
});
