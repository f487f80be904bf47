import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { workspace } from '../support/e2e-cli';
import { barriers, launchBrowser } from '../support/e2e-page';

/** The page of `reprise report --html` in a real browser. Its pictures are kept: test-results/report. */

const PICTURES = resolve('test-results/report');
/** What Jenkins sends with files that a build keeps: no style of the file is applied, and nothing runs. */
const STRICT = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';";
const GRAPH = {
  name: 'shop-regression',
  nodes: [
    { id: 'build', run: 'sleep 0.3' },
    ...['browser-1', 'browser-2', 'browser-3'].map((id, i) => ({
      ...{ id, needs: ['build'], retry: { maxAttempts: 2, initialDelay: '50ms' } },
      run: i === 2 ? 'sleep 0.2' : 'sleep 0.1; echo "connect ECONNREFUSED 127.0.0.1:5432" >&2; exit 1',
    })),
    {
      ...{ id: 'payments', needs: ['build'], retry: { maxAttempts: 2, initialDelay: '50ms' } },
      run: 'test "$REPRISE_ATTEMPT" = 2 || { echo "HTTP 503 Service Unavailable" >&2; exit 1; }',
    },
    {
      id: 'totals',
      needs: ['build'],
      run: 'seq 300; echo "AssertionError: expected 42 but got 41" >&2; exit 1',
    },
    { id: 'report', needs: ['browser-3', 'totals'], trigger: 'all_done', run: 'sleep 0.1' },
    { id: 'deploy', needs: ['totals'], run: 'echo deployed' },
  ],
};

let browser: Browser;
let page: string;
let policy: string | undefined;
const server = createServer((_, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  if (policy !== undefined) response.setHeader('content-security-policy', policy);
  response.end(page);
});

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const space = workspace();
  space.write('g.json', JSON.stringify(GRAPH));
  await space.run('run', 'g.json', '--slots', '4', '--report-html', 'job.html');
  page = readFileSync(join(space.dir, 'job.html'), 'utf8');
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server.close();
});

async function opened(scheme: 'light' | 'dark', width: number) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return tab;
}

describe('the page of a job', () => {
  it.each([
    ['light', 1_440],
    ['dark', 1_440],
    ['light', 390],
  ] as const)('can be read by everyone, %s and %i wide', async (scheme, width) => {
    policy = undefined;
    const tab = await opened(scheme, width);
    await tab.screenshot({ path: `${PICTURES}/${scheme}-${width}.png`, fullPage: true });
    expect(await barriers(tab)).toEqual([]);
    expect(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('says all of it where a viewer of artefacts forbids styles too', async () => {
    policy = STRICT;
    const tab = await opened('light', 1_200);
    await tab.screenshot({ path: `${PICTURES}/no-style.png`, fullPage: true });
    const text = await tab.locator('main').textContent();
    for (const said of ['3 of 8 nodes failed', '2 causes', 'What to do next', 'passed on attempt 2']) {
      expect(text).toContain(said);
    }
    const filled =
      '[...document.querySelectorAll("svg rect.box")].every((box) => getComputedStyle(box).fill === "none")';
    expect(await tab.evaluate(filled)).toBe(true);
  });
});
