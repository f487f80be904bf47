import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { workspace } from '../support/e2e-cli';
import { serve } from '../support/e2e-daemon';
import { barriers, launchBrowser, pagesOf } from '../support/e2e-page';
import { AUDIENCE, type OidcProvider, startOidcProvider } from '../support/oidc-provider';

/** The page of a daemon that believes an issuer, in a real browser, signed in there by a code with PKCE. */

const PICTURES = 'test-results/dashboard';
let provider: OidcProvider;
let browser: Browser;
const pages = pagesOf(() => browser);

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  provider = await startOidcProvider();
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await provider.close();
});

/** @param more lines of the issuer's file */
async function daemonThatBelieves(...more: string[]): Promise<string> {
  const space = workspace();
  const lines = [`issuer: ${provider.issuer}`, `audience: ${AUDIENCE}`, 'clientId: the-page', ...more];
  space.write('issuer.yaml', `${lines.join('\n')}\n`);
  await serve(space, '--issuer', 'issuer.yaml');
  return JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8')).url;
}

describe('signing in at an issuer', () => {
  it('leads there and back to where one was, as whoever the issuer says it is', async () => {
    const url = await daemonThatBelieves(`signInOrigins: [${provider.otherOrigin}]`);
    const page = await pages.open(`${url}/#/workers`);
    await page.getByText(`This deployment knows its callers by ${new URL(provider.issuer).host}`).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.screenshot({ path: `${PICTURES}/sign-in.png` });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Workers', level: 1 }).waitFor();
    expect(page.url()).toBe(`${url}/#/workers`);
    await page.goto(`${url}/#/submit`);
    await page.getByRole('button', { name: 'Begin with an example' }).click();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.locator('.page-head .lead').getByText('ana').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(pages.wrong()).toEqual([]);
  }, 60_000);

  it('asks nobody whom the issuer was not said to be, and says why it did not come in', async () => {
    const url = await daemonThatBelieves();
    const page = await pages.open(url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('You could not be signed in').waitFor();
    expect(pages.wrong().join()).toContain('violates the following Content Security Policy directive');
  }, 60_000);
});
