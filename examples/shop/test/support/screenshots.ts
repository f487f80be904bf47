import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { resultsDirectory, SHARED } from '../../steps/job';

/** The picture of the catalogue that somebody looked at and accepted. */
export const BASELINE = join(SHARED, 'baseline', 'catalogue.png');

export const screenshotPath = (name: string) => join(resultsDirectory(), 'screenshots', `${name}.png`);

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: screenshotPath(name), fullPage: true });
}
