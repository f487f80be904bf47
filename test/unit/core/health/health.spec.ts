import { createVirtualTime } from '../../../../lib/adapters/memory/virtual-time';
import { type Check, createCheckup, type Sight } from '../../../../lib/core/health/health';
import { sightOfBreakers, sightOfPool } from '../../../../lib/core/health/pools';
import { initialPool } from '../../../../lib/core/scheduler/state';

const check = (component: string, look: () => Promise<Sight>, isVital = true): Check => ({
  ...{ component, measurement: 'responseTime', type: 'datastore', isVital, look },
});

function world(checks: readonly Check[]) {
  const time = createVirtualTime(1_000);
  return { time, checkup: createCheckup({ checks, clock: time.now, setTimer: time.setTimer }) };
}

const well = async () => ({});
const down = async () => Promise.reject(new Error('connection refused'));

describe('a checkup', () => {
  it('passes where all is well', async () => {
    const { checkup } = world([check('table', well)]);
    expect(await checkup()).toMatchObject({
      status: 'pass',
      checks: [{ component: 'table', status: 'pass' }],
    });
  });

  it('fails where what is vital is down, with the reason', async () => {
    const { checkup } = world([check('table', down), check('bus', well, false)]);
    expect(await checkup()).toMatchObject({
      status: 'fail',
      checks: [{ status: 'fail', output: 'connection refused' }, { status: 'pass' }],
    });
  });

  it('warns where what is down can be done without', async () => {
    const { checkup } = world([check('table', well), check('bus', down, false)]);
    expect(await checkup()).toMatchObject({
      status: 'warn',
      checks: [{ status: 'pass' }, { status: 'warn' }],
    });
  });

  it('takes a look that throws at once like one that rejects', async () => {
    const { checkup } = world([
      check('table', () => {
        throw new Error('at once');
      }),
    ]);
    expect(await checkup()).toMatchObject({ status: 'fail', checks: [{ output: 'at once' }] });
  });

  it('does not wait for a look that never ends', async () => {
    const { time, checkup } = world([check('table', () => new Promise(() => {})), check('queue', well)]);
    const asked = checkup();
    // The other one is done by then.
    await new Promise(setImmediate);
    time.next();
    expect(await asked).toMatchObject({
      status: 'fail',
      checks: [
        { output: 'no answer within 2000 ms', observed: { value: 2_000, unit: 'ms' } },
        { status: 'pass' },
      ],
    });
  });

  it('looks once for many who ask, and again after some seconds', async () => {
    const look = jest.fn(well);
    const { time, checkup } = world([check('table', look)]);
    await Promise.all([checkup(), checkup()]);
    await checkup();
    expect(look).toHaveBeenCalledTimes(1);
    time.setTimer(() => undefined, 5_000);
    while (time.next());
    await checkup();
    expect(look).toHaveBeenCalledTimes(2);
  });
});

describe('the queue of a pool', () => {
  const pool = (slots: number, free: number, readyAt?: number) => {
    const state = initialPool();
    if (slots > 0) state.workers.set('w', { workerId: 'w', status: 'active', slots, free } as never);
    if (readyAt !== undefined) state.queued.set('k', { readyAt } as never);
    return state;
  };
  const NOW = 100_000;

  it.each([
    ['is well without work', pool(0, 0), 'pass'],
    ['is well while work waits for slots that are taken', pool(2, 0, NOW - 90_000), 'pass'],
    ['is well while work waits for a moment', pool(2, 2, NOW - 1_000), 'pass'],
    ['warns where work waits for long while slots are free', pool(2, 1, NOW - 90_000), 'warn'],
    ['warns where work waits and no worker takes any', pool(0, 0, NOW - 1_000), 'warn'],
  ])('%s', (_, state, expected) => {
    expect(sightOfPool('default', state, NOW).status ?? 'pass').toBe(expected);
  });
});

it('breakers that are not closed are a warning that names them', () => {
  const listed = [
    { name: 'mail', status: 'closed' },
    { name: 'payments', status: 'halfOpen' },
  ] as const;
  expect(sightOfBreakers(listed)).toMatchObject({ status: 'warn', output: 'not closed: payments' });
  expect(sightOfBreakers(listed.slice(0, 1)).status).toBeUndefined();
});
