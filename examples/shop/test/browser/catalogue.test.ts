import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withBrowser } from '../support/pages';
import { screenshot } from '../support/screenshots';

describe('the catalogue page', () => {
  const { visit } = withBrowser();

  it('shows every product', async () => {
    const page = await visit('/');
    await screenshot(page, 'catalogue');
    assert.equal(await page.locator('.card').count(), 10);
  });

  it('narrows down while the visitor types', async () => {
    const page = await visit('/');
    await page.getByLabel('Search the shelf').pressSequentially('blue mug');
    await screenshot(page, 'filter');
    assert.deepEqual(await page.locator('.card:visible h2').allTextContents(), ['Sky Mug']);
  });

  it('says so when nothing matches', async () => {
    const page = await visit('/');
    await page.getByLabel('Search the shelf').fill('coffee');
    assert.ok(await page.getByText('Nothing on the shelf').isVisible());
  });
});
