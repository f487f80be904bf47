import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { workspace } from '../support/e2e-cli';
import { serve } from '../support/e2e-daemon';
import { launchBrowser, linkTo, pagesOf } from '../support/e2e-page';

/** The page of the REST API that a daemon serves, in a real browser and under its policy. */

const PICTURES = 'test-results/dashboard';
let browser: Browser;
const pages = pagesOf(() => browser);

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launchBrowser();
}, 60_000);

afterAll(() => browser?.close());

/** Tries an operation without parameters. @returns the status that it was answered with, and the body */
async function tried(page: Page, path: string): Promise<{ status: string; body: string }> {
  const operation = page.locator('.opblock-get').filter({ has: page.locator(`[data-path="${path}"]`) });
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table tbody .response');
  await answer.waitFor();
  const [status, body] = await Promise.all([
    answer.locator('.response-col_status').first().textContent(),
    answer.locator('.response-col_description .highlight-code').first().textContent(),
  ]);
  return { status: (status ?? '').trim(), body: body ?? '' };
}

it('leads from the dashboard to its API, which is browsed and tried as the same caller', async () => {
  const space = workspace();
  await serve(space, '--slots', '2');
  const daemon = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
  const page = await pages.open(linkTo(daemon, '#/jobs'));
  await page.getByRole('link', { name: 'REST API' }).click();
  await page.getByRole('heading', { name: /Reprise/ }).waitFor();
  expect(page.url()).toBe(`${daemon.url}/api/`);
  const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  await page.getByText('/jobs/{jobId}', { exact: true }).first().waitFor();
  expect(await tried(page, '/jobs')).toEqual({ status: '200', body: expect.stringContaining('"jobs": []') });
  await page.screenshot({ path: `${PICTURES}/api.png` });
  expect(pages.wrong()).toEqual([]);
}, 60_000);
