import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DECLINED_CARD } from '../../app/payments';
import { withBrowser } from '../support/pages';
import { screenshot } from '../support/screenshots';

describe('checkout in the browser', () => {
  const { visit } = withBrowser();

  it('goes from the shelf to the receipt', async () => {
    const page = await visit('/');
    await fillCart(page, 'The Book of Tea');
    await pay(page, '4242 4242 4242 4242');
    await page.waitForURL('**/orders/*');
    await screenshot(page, 'receipt');
    assert.ok(await page.getByText('1 × The Book of Tea').isVisible());
    assert.equal(await page.locator('#pieces').textContent(), '0');
  });

  it('lets the customer try another card', async () => {
    const page = await visit('/');
    await fillCart(page, 'Earl Grey');
    await pay(page, DECLINED_CARD);
    await page.getByText('the card was declined').waitFor();
    await screenshot(page, 'declined');
    await pay(page, '4242 4242 4242 4242');
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
  });
});

async function fillCart(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${name} to the cart` }).click();
  await page.getByText(`${name} is in the cart.`).waitFor();
  await page.getByRole('link', { name: 'Cart' }).click();
}

async function pay(page: Page, card: string): Promise<void> {
  await page.getByLabel('Email').fill('ada@example.org');
  await page.getByLabel('Card').fill(card);
  await page.getByRole('button', { name: /^Pay/ }).click();
}
