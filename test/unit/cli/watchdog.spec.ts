import { watchJob } from '../../../lib/cli/watchdog';
import type { Repair } from '../../../lib/core/recovery/reconcile/repair';

const REPAIR = { kind: 'offerLost', why: 'x', subject: { jobId: 'j' } } as Repair;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function world(turns: readonly (readonly Repair[])[]) {
  const left = [...turns];
  const said: string[] = [];
  const graces: number[] = [];
  const reconcile = jest.fn(async () => left.shift() ?? []);
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  const before = new Set(process.listeners('beforeExit'));
  const watchdog = watchJob(
    {
      view: async () => Promise.reject(new Error('nobody looks')),
      reconciler: ({ graceMs }) => {
        graces.push(graceMs);
        return { reconcile, suspects: async () => [] };
      },
    },
    'j',
  );
  const mine = () => process.listeners('beforeExit').filter((listener) => !before.has(listener));
  return {
    ...{ said, graces, reconcile, mine, end: watchdog.end, restore: () => write.mockRestore() },
    /** What Node does when nothing is left to do. */
    async stall() {
      for (const listener of mine()) listener(0);
      await settled();
    },
  };
}

describe('a job of which nothing runs any more though it is not over', () => {
  it('is repaired at once, as often as that helps', async () => {
    const { said, reconcile, stall, end, restore } = world([[REPAIR], [REPAIR]]);
    await stall();
    await stall();
    end();
    restore();
    expect(reconcile).toHaveBeenCalledTimes(2);
    expect(reconcile).toHaveBeenCalledWith([{ kind: 'job', id: 'j', thorough: true }]);
    expect(said).toEqual([]);
  });

  it('is said to have stalled where there is nothing to repair, and the process may end', async () => {
    const { said, mine, stall, end, restore } = world([[]]);
    await stall();
    expect(mine()).toEqual([]);
    end();
    restore();
    expect(said).toEqual([expect.stringContaining('the job has stalled')]);
  });

  it('is given up where repairs do not end', async () => {
    const { said, reconcile, stall, end, restore } = world(Array.from({ length: 99 }, () => [REPAIR]));
    for (let times = 0; times < 30; times++) await stall();
    end();
    restore();
    expect(reconcile).toHaveBeenCalledTimes(20);
    expect(said).toEqual([expect.stringContaining('the job has stalled')]);
  });
});

it('a watchdog waits with what may be under way, and not with a stall', () => {
  const { graces, mine, end, restore } = world([]);
  restore();
  expect(graces).toEqual([20_000, 0]);
  end();
  expect(mine()).toEqual([]);
});
