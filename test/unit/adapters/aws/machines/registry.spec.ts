import { createMachineChoice } from '../../../../../lib/adapters/aws/machines/choice';
import { createMachineRequests } from '../../../../../lib/adapters/aws/machines/requests';
import type { QueueMessage } from '../../../../../lib/adapters/aws/queues/sender';
import type { MachineForm } from '../../../../../lib/core/dag/emit/forms';
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

describe('the budget of machines', () => {
  it('keeps a graph on the graph runner whose machines would be too many, and makes none of them', async () => {
    const { registry, machines } = registryWorld({ split: true, budget: 2 });
    await expect(registry.ensure(HASH)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(machines.made.size).toBe(0);
  });

  it('counts those that are there', async () => {
    const { registry, records } = registryWorld({ budget: 3 });
    await records.ready('other', 'registered', { machines: ['root', 'part-1', 'part-2'], at: 1 });
    await expect(registry.ensure(HASH)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await records.absent('other', 2);
    await registry.ensure(HASH);
  });

  it('does not take back what is half made: it is counted already', async () => {
    const { registry, machines, records } = registryWorld({ split: true, budget: 3 });
    machines.quota = 2;
    await expect(registry.ensure(HASH)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    machines.quota = 1;
    await registry.ensure(HASH);
    expect(records.items.get(HASH)?.status).toBe('ready');
  });

  it('leaves nothing of what is given up, and takes nothing away that is ready', async () => {
    const { registry, machines, records } = registryWorld({ split: true });
    machines.quota = 2;
    await expect(registry.ensure(HASH)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await registry.refuse(HASH);
    expect([machines.made.size, records.items.get(HASH)?.status]).toEqual([0, 'refused']);
    machines.quota = 3;
    await registry.ensure(HASH);
    await registry.refuse(HASH);
    expect([machines.made.size, records.items.get(HASH)?.status]).toEqual([3, 'ready']);
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
  function choosing(form: MachineForm = 'per-node') {
    const world = registryWorld();
    const choose = createMachineChoice({
      records: world.records,
      machines: world.machines,
      form,
      ownArn: () => ROOT,
      graphRunnerArn: runner,
      clock: () => world.clock.now,
    });
    return { ...world, choose: async () => (await choose({ jobId: 'j', run: 1 }, HASH)).stateMachineArn };
  }

  it('is its own where that is ready, and the use is noted', async () => {
    const { choose, registry, records, clock } = choosing();
    await registry.ensure(HASH);
    clock.now += DAY;
    expect(await choose()).toBe(`${ROOT}:live`);
    expect(records.items.get(HASH)?.lastUsedAt).toBe(clock.now);
  });

  it('is the generic one where machines are to be compact, even if its own is ready', async () => {
    const { choose, registry } = choosing('compact');
    await registry.ensure(HASH);
    expect(await choose()).toBe(`${runner}:live`);
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

  it('is not done at the first use, as that of a graph which differs by commit is its last', async () => {
    const { requests, sent, records } = asking();
    await requests.want(HASH, 'ana');
    expect(sent).toEqual([]);
    expect(records.items.get(HASH)?.status).toBe('noted');
  });

  it('is not done for an hour where there were as many as may be', async () => {
    const { requests, sent, records, clock } = asking();
    await requests.want(HASH, 'ana');
    await records.refused(HASH, clock.now);
    clock.now += 3_599_000;
    await requests.want(HASH, 'ana');
    expect(sent).toEqual([]);
    clock.now += 2_000;
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(1);
  });

  it('is done once for as long as it is open, and again when nobody took it up', async () => {
    const { requests, sent, clock } = asking();
    for (let use = 1; use <= 3; use++) await requests.want(HASH, 'ana');
    expect(sent).toEqual([{ body: { hash: HASH }, delaySeconds: 0 }]);
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

  it('is not done for machines that are ready, and is at the second use for those that were collected', async () => {
    const { requests, sent, records } = asking();
    await records.ready(HASH, 'registered', { machines: ['root'], at: 1 });
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(0);
    await records.absent(HASH, 2);
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(0);
    await requests.want(HASH, 'ana');
    expect(sent).toHaveLength(1);
  });

  it('is not done for an owner who has got as many as may be', async () => {
    const { requests, sent, records } = asking(async () => false);
    for (let use = 1; use <= 2; use++) await requests.want(HASH, 'ana');
    expect([sent, records.items.get(HASH)?.status]).toEqual([[], 'noted']);
  });
});
