import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { cartOf, fileStore } from '../../app/store';

const directory = mkdtempSync(join(tmpdir(), 'shop-store-'));
const path = join(directory, 'shop.json');

describe('the shop in a file', () => {
  after(() => rmSync(directory, { recursive: true }));

  it('survives a restart', async () => {
    await fileStore(path).update((shop) => ({ ...shop, stock: { sencha: 7 } }));
    assert.deepEqual((await fileStore(path).read()).stock, { sencha: 7 });
  });

  it('loses no update when many come at once', async () => {
    const store = fileStore(path);
    const one = () => store.update((shop) => ({ ...shop, stock: { sencha: shop.stock['sencha']! + 1 } }));
    await Promise.all(Array.from({ length: 20 }, one));
    assert.equal((await store.read()).stock['sencha'], 27);
  });

  it('goes on after an update that fails', async () => {
    const store = fileStore(path);
    const broken = store.update(() => {
      throw new Error('no');
    });
    await assert.rejects(broken, { message: 'no' });
    await store.update((shop) => ({ ...shop, stock: { sencha: 1 } }));
    assert.equal((await store.read()).stock['sencha'], 1);
  });
});

describe('a cart', () => {
  it('is empty until something is put into it, whatever it is called', () => {
    const shop = { stock: {}, carts: {}, orders: {} };
    assert.deepEqual(cartOf(shop, 'constructor'), { lines: {} });
  });
});
