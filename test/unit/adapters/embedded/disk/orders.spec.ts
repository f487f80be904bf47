import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { type PlacedOrder, placeOrder, takeOrders } from '../../../../../lib/adapters/embedded/disk/orders';
import { temporaryDir } from '../../../../support/e2e-files';

const cancel = { id: '01A', by: 'ana', order: { type: 'cancel' as const, reason: 'wrong branch' } };
const QUICK = { forMs: 60, everyMs: 5 };

function jobDir() {
  const layout = layoutOf(temporaryDir());
  mkdirSync(layout.job('j'), { recursive: true });
  return layout;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !condition(); i++) await new Promise((wake) => setTimeout(wake, 5));
}

/** Our own parent is a process that lives as long as this one. */
function heldByAnother(layout: ReturnType<typeof layoutOf>): void {
  const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(join(layout.job('j'), `owner-${process.ppid}-${startedAt}.lock`), '');
}

describe('an order to the process that runs a job', () => {
  it('is taken once, in the order of ids, and whoever asked knows it', async () => {
    const layout = jobDir();
    heldByAnother(layout);
    const taken: PlacedOrder[] = [];
    const taker = await takeOrders(layout, 'j', (placed) => taken.push(placed));
    await placeOrder(layout, 'j', cancel);
    await placeOrder(layout, 'j', { id: '01B', by: 'bo', order: { type: 'pause', reason: 'x' } });
    taker.close();
    expect(taken).toEqual([cancel, { id: '01B', by: 'bo', order: { type: 'pause', reason: 'x' } }]);
    expect(readdirSync(join(layout.job('j'), 'orders'))).toEqual([]);
  });

  it('is withdrawn where no process takes it', async () => {
    const layout = jobDir();
    heldByAnother(layout);
    const asked = placeOrder(layout, 'j', cancel, QUICK);
    await expect(asked).rejects.toMatchObject({
      code: 'JOB_LOCKED',
      message: expect.stringContaining(`process ${process.ppid} has job j and takes no orders`),
    });
    expect(readdirSync(join(layout.job('j'), 'orders'))).toEqual([]);
  });

  it('is refused at once where no process runs the job', async () => {
    const asked = placeOrder(jobDir(), 'j', cancel, { forMs: 60_000, everyMs: 5 });
    await expect(asked).rejects.toThrow('no process runs job j any more: `reprise resume j`');
  });

  it('of an earlier process is not taken by the next', async () => {
    const layout = jobDir();
    const orders = join(layout.job('j'), 'orders');
    mkdirSync(orders);
    const old = join(orders, '00A.json');
    writeFileSync(old, JSON.stringify({ by: 'ana', order: cancel.order }));
    utimesSync(old, new Date(0), new Date(0));
    const taken: PlacedOrder[] = [];
    const taker = await takeOrders(layout, 'j', (placed) => taken.push(placed));
    writeFileSync(join(orders, '01A.json'), JSON.stringify({ by: 'ana', order: cancel.order }));
    await until(() => taken.length > 0);
    taker.close();
    expect(taken.map(({ id }) => id)).toEqual(['01A']);
  });

  it('that is none is thrown away', async () => {
    const layout = jobDir();
    const orders = join(layout.job('j'), 'orders');
    const taken: PlacedOrder[] = [];
    const taker = await takeOrders(layout, 'j', (placed) => taken.push(placed));
    // Whole when they are there, as those are that are placed.
    const put = (name: string, text: string) => {
      writeFileSync(join(layout.job('j'), name), text);
      renameSync(join(layout.job('j'), name), join(orders, name));
    };
    put('01A.json', 'no JSON');
    put('01B.json', JSON.stringify({ by: 'x', order: { type: 'submit' } }));
    put('01C.json', JSON.stringify({ by: 'ana', order: cancel.order }));
    await until(() => taken.length > 0);
    taker.close();
    expect(taken.map(({ id }) => id)).toEqual(['01C']);
    expect(readdirSync(orders)).toEqual([]);
  });
});
