import { createMachineChoice } from '../../../../../lib/adapters/aws/machines/choice';
import { createMachineRequests } from '../../../../../lib/adapters/aws/machines/requests';
import type { QueueMessage } from '../../../../../lib/adapters/aws/queues/sender';
import { RepriseError } from '../../../../../lib/core/errors';
import { ARN_PREFIX, HASH, memoryRecords, registryWorld } from './registry-world';

const ROOT = `${ARN_PREFIX}${HASH.slice(0, 40)}`;
const DAY = 24 * 3_600_000;

describe('the machines of a graph', () => {
  it('are made from the kept compilation, nested ones first, with every placeholder filled in', async () => {
    const { registry, machines, records } = registryWorld({ split: true });
    await registry.ensure(HASH);
    expect([...machines.made.keys()]).toEqual([`${ROOT}-part-2`, `${ROOT}-part-1`, ROOT]);
    for (const definition of machines.made.values()) expect(definition).not.toMatch(/\$\{/);
    expect(machines.made.get(`${ROOT}-part-1`)).toContain(`${ROOT}-part-2`);
    expect(machines.made.get(ROOT)).toContain('https://sqs/jobs.fifo');
    expect(records.items.get(HASH)).toMatchObject({
      status: 'ready',
      origin: 'registered',
      machines: ['root', 'part-1', 'part-2'],
    });
  });

  it('are made once', async () => {
    const { registry, machines } = registryWorld();
    await registry.ensure(HASH);
    machines.quota = 0;
    await registry.ensure(HASH);
    expect(machines.made.size).toBe(1);
  });

  it('that Step Functions wants later go on where they stopped', async () => {
    const { registry, machines, records } = registryWorld({ split: true });
    machines.quota = 2;
    await expect(registry.ensure(HASH)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(records.items.get(HASH)?.status).toBe('pending');
    expect(machines.made.has(ROOT)).toBe(false);
    machines.quota = 1;
    await registry.ensure(HASH);
    expect(machines.made.size).toBe(3);
    expect(records.items.get(HASH)?.status).toBe('ready');
  });

  it('that the stack made are found, and never collected', async () => {
    const { registry, machines, records, clock } = registryWorld();
    machines.made.set(ROOT, 'of the stack');
    await registry.ensure(HASH);
    expect(records.items.get(HASH)).toMatchObject({ status: 'ready', origin: 'stack' });
    expect(machines.made.get(ROOT)).toBe('of the stack');
    clock.now += 100 * DAY;
    expect(await registry.collect(HASH, clock.now)).toBe(false);
    expect(machines.made.size).toBe(1);
  });
});

describe('collecting', () => {
  async function made() {
    const world = registryWorld({ split: true });
    await world.registry.ensure(HASH);
    return world;
  }

  it('deletes root and nested machines, and the next use makes them again', async () => {
    const { registry, machines, records } = await made();
    expect(await registry.collect(HASH, 2_000)).toBe(true);
    expect(machines.made.size).toBe(0);
    expect(records.items.get(HASH)?.status).toBe('absent');
    await registry.ensure(HASH);
    expect(machines.made.size).toBe(3);
    expect(records.items.get(HASH)).toMatchObject({ status: 'ready', origin: 'registered' });
  });

  it('leaves what was used since, and what runs, nested machines too', async () => {
    const { registry, machines } = await made();
    expect(await registry.collect(HASH, 1_000)).toBe(false);
    machines.running.add(`${ROOT}-part-2`);
    expect(await registry.collect(HASH, 2_000)).toBe(false);
    expect(machines.made.size).toBe(3);
  });

  it('gives way to a job that chooses the machines at the same time', async () => {
    const { registry, machines, records } = await made();
    const isRunning = async () => !(await records.used(HASH, 1_500));
    Object.assign(machines, { isRunning });
    expect(await registry.collect(HASH, 2_000)).toBe(false);
    expect(records.items.get(HASH)?.status).toBe('ready');
    expect(machines.made.size).toBe(3);
  });

  it('goes on after a crash half-way', async () => {
    const { registry, machines, records } = await made();
    await records.deleting(HASH, 1_000, 1_500);
    machines.made.delete(ROOT);
    expect(await registry.collect(HASH, 2_000)).toBe(true);
    expect(machines.made.size).toBe(0);
  });
});

describe('the machine of a job', () => {
  const runner = `${ARN_PREFIX}graph-runner`;
  function choosing() {
    const world = registryWorld();
    const choose = createMachineChoice({
      records: world.records,
      machines: world.machines,
      ownArn: () => ROOT,
      graphRunnerArn: runner,
      clock: () => world.clock.now,
    });
    return { ...world, choose: async () => (await choose('j', HASH)).stateMachineArn };
  }

  it('is its own where that is ready, and the use is noted', async () => {
    const { choose, registry, records, clock } = choosing();
    await registry.ensure(HASH);
    clock.now += DAY;
    expect(await choose()).toBe(`${ROOT}:live`);
    expect(records.items.get(HASH)?.lastUsedAt).toBe(clock.now);
  });

  it("is the stack's where nobody has registered the graph", async () => {
    const { choose, machines, records } = choosing();
    machines.made.set(ROOT, 'of the stack');
    expect(await choose()).toBe(`${ROOT}:live`);
    await records.requested(HASH, 1);
    expect(await choose()).toBe(`${ROOT}:live`);
  });

  it('is the generic one while its own is being made, is collected or cannot be asked for', async () => {
    const { choose, machines, records, registry, clock } = choosing();
    expect(await choose()).toBe(`${runner}:live`);
    await records.pending(HASH, ['root'], 1);
    machines.made.set(ROOT, 'half-way: it has no alias yet');
    expect(await choose()).toBe(`${runner}:live`);
    await registry.ensure(HASH);
    clock.now += DAY;
    const used = jest.spyOn(records, 'used').mockResolvedValue(false);
    expect(await choose()).toBe(`${runner}:live`);
    expect(used).toHaveBeenCalled();
    records.items.clear();
    const busy = async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled'));
    Object.assign(machines, { exists: busy });
    expect(await choose()).toBe(`${runner}:live`);
  });
});

describe('asking for machines', () => {
  function asking(mayMake = async () => true) {
    const records = memoryRecords();
    const sent: QueueMessage[] = [];
    const clock = { now: 1_000 };
    const send = async (message: QueueMessage) => void sent.push(message);
    const requests = createMachineRequests({ records, send, mayMake, clock: () => clock.now });
    return { records, sent, clock, requests };
  }

  it('is done once for as long as it is open, and again when nobody took it up', async () => {
    const { requests, sent, clock } = asking();
    await requests.want(HASH, 'ana');
    await requests.want(HASH, 'ana');
    expect(sent).toEqual([{ body: { hash: HASH, tries: 0 }, delaySeconds: 0 }]);
    clock.now += 16 * 60_000;
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(2);
  });

  it('is done again for machines that were left half made', async () => {
    const { requests, sent, records, clock } = asking();
    await records.pending(HASH, ['root'], clock.now);
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(0);
    clock.now += 16 * 60_000;
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(1);
  });

  it('is not done for machines that are ready, and is for those that were collected', async () => {
    const { requests, sent, records } = asking();
    await records.ready(HASH, 'registered', { machines: ['root'], at: 1 });
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(0);
    await records.absent(HASH, 2);
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(1);
  });

  it('is not done for an owner who has got as many as may be', async () => {
    const { requests, sent, records } = asking(async () => false);
    await requests.want(HASH, 'ana');
    expect([sent, records.items.size]).toEqual([[], 0]);
  });

  it('that were not found takes them for gone and brings the job along', async () => {
    const { requests, sent, records } = asking();
    await records.ready(HASH, 'registered', { machines: ['root'], at: 1 });
    await requests.startLater('j', HASH);
    expect(records.items.get(HASH)?.status).toBe('absent');
    expect(sent[0]?.body).toEqual({ hash: HASH, jobId: 'j', tries: 0 });
  });
});
