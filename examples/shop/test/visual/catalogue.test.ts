// Compares this job's picture of the catalogue with the accepted one, pixel by pixel, on a canvas of the
// browser that took them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openBrowser } from '../support/browser';
import { BASELINE, screenshotPath } from '../support/screenshots';

const MOST_DIFFERENT = 0.001;

describe('the look of the catalogue', () => {
  it('is the accepted one', async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ path: join(import.meta.dirname, 'compare.js') });
      const [before, now] = await Promise.all([dataUrl(BASELINE), dataUrl(screenshotPath('catalogue'))]);
      const share = await page.evaluate<number>(
        `differentPixels(${JSON.stringify(before)}, ${JSON.stringify(now)})`,
      );
      assert.ok(
        share <= MOST_DIFFERENT,
        `expected the accepted picture, received ${(share * 100).toFixed(2)}% different pixels`,
      );
    } finally {
      await browser.close();
    }
  });
});

async function dataUrl(path: string): Promise<string> {
  return `data:image/png;base64,${(await readFile(path)).toString('base64')}`;
}
