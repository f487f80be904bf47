// Finds out what this machine can do, so that the graph skips what it cannot.
import { existsSync } from 'node:fs';
import { openBrowser } from '../test/support/browser';
import { BASELINE } from '../test/support/screenshots';
import { output } from './job';

const baseline = existsSync(BASELINE);
try {
  const browser = await openBrowser();
  const version = browser.version();
  await browser.close();
  console.log(`Chromium ${version} starts. Baseline picture: ${baseline ? 'there' : 'none yet'}.`);
  output({ chromium: true, version, baseline });
} catch (error) {
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  console.log(`Chromium does not start here, so the browser tests are skipped: ${reason}`);
  console.log('This adds it: npx playwright-core install --with-deps chromium');
  output({ chromium: false, reason, baseline });
}
