import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openShop, type TestShop } from '../support/shop';

describe('GET /products', () => {
  let shop: TestShop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop.close());

  it('lists the catalogue with what is in stock', async () => {
    const { status, body } = await shop.get('/products');
    assert.equal(status, 200);
    assert.equal(body.length, 10);
    assert.equal(body[0].stock, 40);
  });

  it('searches', async () => {
    const { body } = await shop.get('/products?q=kettle');
    assert.deepEqual(
      body.map((product: { id: string }) => product.id),
      ['kettle-gooseneck', 'kettle-cast-iron'],
    );
  });

  it('answers 404 with a reason for a product that is not sold', async () => {
    const { status, body } = await shop.get('/products/coffee');
    assert.deepEqual({ status, code: body.code }, { status: 404, code: 'not-found' });
  });

  it('serves the page and every file the page names', async () => {
    const html = await (await fetch(shop.url)).text();
    const files = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    assert.equal(files.length, 2);
    for (const path of files) assert.equal((await fetch(shop.url + path)).status, 200, path);
  });

  it('serves no other file', async () => {
    assert.equal((await fetch(`${shop.url}/assets/manifest.json`)).status, 404);
    assert.equal((await fetch(`${shop.url}/assets/..%2fshop.json`)).status, 404);
  });
});
