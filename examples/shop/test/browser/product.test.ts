import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withBrowser } from '../support/pages';
import { screenshot } from '../support/screenshots';

describe('a product page', () => {
  const { visit } = withBrowser();

  it('is a click away and puts the product into the cart', async () => {
    const page = await visit('/');
    await page.getByRole('link', { name: 'Gooseneck Kettle' }).click();
    await page.waitForURL('**/products/kettle-gooseneck');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Gooseneck Kettle is in the cart.').waitFor();
    await screenshot(page, 'product');
    assert.equal(await page.locator('#pieces').textContent(), '1');
  });

  it('warns when few are left', async () => {
    const page = await visit('/products/kettle-cast-iron');
    assert.ok(await page.getByText('Only 2 left').isVisible());
  });

  it('is polite about products that do not exist', async () => {
    const page = await visit('/products/coffee');
    assert.equal(await page.locator('h1').textContent(), 'Sorry.');
  });
});
