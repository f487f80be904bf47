import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { withBrowser } from '../support/pages';
import { screenshot } from '../support/screenshots';

describe('the cart page', () => {
  const { visit } = withBrowser();

  it('gives every third mug away', async () => {
    const page = await visit('/');
    for (const name of ['Stone Mug', 'Sky Mug', 'Night Mug']) await add(page, name);
    await page.getByRole('link', { name: 'Cart' }).click();
    await page.getByText('Three mugs for two').first().waitFor();
    await screenshot(page, 'cart');
    assert.equal(await page.locator('#total').textContent(), '€34.90');
  });

  it('follows a changed quantity and a code', async () => {
    const page = await visit('/');
    await add(page, 'Sencha');
    await page.goto(new URL('/cart', page.url()).href);
    await page.getByLabel('Pieces of Sencha').fill('3');
    await page.getByLabel('Pieces of Sencha').blur();
    await page.getByText('€34.60', { exact: true }).waitFor();
    await page.getByLabel('Discount code').fill('welcome10');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('€31.63', { exact: true }).waitFor();
  });

  it('says why it refuses a code', async () => {
    const page = await visit('/');
    await add(page, 'Sencha');
    await page.goto(new URL('/cart', page.url()).href);
    await page.getByLabel('Discount code').fill('gratis');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('"gratis" is not a code of ours').waitFor();
  });
});

async function add(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${name} to the cart` }).click();
  await page.getByText(`${name} is in the cart.`).waitFor();
}
