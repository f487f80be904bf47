import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { type CliProcess, until, type Workspace, workspace } from '../support/e2e-cli';

/** The page in a real browser, over a real daemon. Its pictures are kept: test-results/dashboard. */

const PICTURES = 'test-results/dashboard';
const GRAPH = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'sleep 3; printf "\\033[32mbuilt\\033[0m <b>all</b>\\n"' },
    { id: 'lint', run: 'echo clean' },
    { id: 'unit', needs: ['build'], run: 'sleep 0.4; echo 120 passed' },
    {
      id: 'e2e',
      needs: ['build'],
      run: 'test -e mended && exit 0; echo "AssertionError: expected 42 but got 41" >&2; exit 1',
    },
    { id: 'report', needs: ['lint', 'unit', 'e2e'], trigger: 'all_done', run: 'echo written' },
    { id: 'deploy', needs: ['e2e'], run: 'echo deployed' },
  ],
};

let space: Workspace;
let daemon: CliProcess;
let browser: Browser;
let url: string;
let token: string;
/** What went wrong in the scripts of a page. */
const wrong: string[] = [];

async function call(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  return (await response.json()) as { job_id: string };
}

/** A page as somebody opens it; what goes wrong in it fails the test. */
async function open(address: string, scheme: 'light' | 'dark' = 'light', width = 1_440): Promise<Page> {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 1_000 } });
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => void wrong.push(message));
  page.on('console', (message) => {
    // A request that was refused is told here as well.
    if (message.type() === 'error' && !message.text().includes('401')) wrong.push(message.text());
  });
  await page.goto(`${url}/#token=${token}`);
  await page.waitForSelector('nav');
  await page.goto(`${url}/${address}`);
  return page;
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  space = workspace();
  daemon = space.start('serve', '--port', '0', '--slots', '2');
  await until(() => daemon.stderr().includes('serving '), 'the daemon listens');
  ({ url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8')));
  const executablePath = await chromium.executablePath();
  // Its own arguments are for functions without processes, and switch off what pages rely on.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  browser = await playwright.launch({ args, executablePath, headless: true });
}, 60_000);

afterEach(() => expect(wrong.splice(0)).toEqual([]));

afterAll(async () => {
  await browser?.close();
  daemon.child.kill('SIGTERM');
  await daemon.done;
});

describe('the page', () => {
  let jobId: string;

  it('follows a job to its end, and says why its node failed and why it was not tried again', async () => {
    const page = await open('#/jobs');
    await page.getByText('No job yet').waitFor();
    ({ job_id: jobId } = await call('POST', '/jobs', { execution_graph: GRAPH }));
    await page.getByRole('link', { name: 'shop' }).click();
    await page.locator('.status.running').first().waitFor();
    await page.locator('.bar .status.failed').waitFor();
    await page.getByRole('link', { name: 'e2e' }).first().click();
    const panel = page.getByLabel('Node e2e');
    await panel.getByText('assertion', { exact: true }).waitFor();
    await panel.getByText(/^No further attempt/).waitFor();
    await panel.getByRole('log').getByText('AssertionError: expected 42 but got 41').waitFor();
    await page.screenshot({ path: `${PICTURES}/job.png`, fullPage: true });
  }, 60_000);

  it('shows what a command wrote as text, its colours besides', async () => {
    const page = await open(`#/jobs/${jobId}/build`);
    const log = page.getByRole('log');
    await log.getByText('<b>all</b>').waitFor();
    expect(await log.locator('.ansi-green-fg').textContent()).toBe('built');
    expect(await log.locator('b').count()).toBe(0);
  });

  it('goes back to any moment of a job', async () => {
    const page = await open(`#/jobs/${jobId}`);
    await page.locator('.work.failed').waitFor();
    await page.getByLabel(/Moment of the job/).fill('2');
    await page.getByText(/event 2 of/).waitFor();
    expect(await page.locator('.work.failed').count()).toBe(0);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.work.failed').waitFor();
  });

  it('has a letter redriven, and shows that its job succeeds then', async () => {
    space.write('mended', '');
    const page = await open('#/letters');
    await page.locator('.cards a').click();
    await page.getByRole('button', { name: 'Redrive, one first' }).click();
    await page.getByLabel('Why?').fill('the total is mended');
    await page.screenshot({ path: `${PICTURES}/letter.png`, fullPage: true });
    await page.locator('form.action').getByRole('button', { name: 'Redrive, one first' }).click();
    await page.locator('.card.resolved').waitFor();
    await page.getByRole('link', { name: 'shop' }).click();
    await page.locator('.bar .status.succeeded').first().waitFor();
  }, 60_000);

  it('says what is refused and why', async () => {
    const page = await open('#/jobs');
    await page.evaluate(`sessionStorage.setItem('reprise.token', 'of somebody else')`);
    await page.getByRole('alert').getByText('UNAUTHENTICATED').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'can be used by everyone, %s and on a telephone',
    async (scheme) => {
      const found: Record<string, string[]> = {};
      for (const [address, ready] of [
        ['#/jobs', 'table'],
        [`#/jobs/${jobId}/e2e`, '.attempts li'],
        ['#/letters', '.cards li'],
        ['#/workers', 'meter'],
      ] as const) {
        const page = await open(address, scheme, scheme === 'dark' ? 390 : 1_440);
        await page.waitForSelector(ready);
        found[address] = await barriers(page);
        const name = address.split('/')[1];
        await page.screenshot({ path: `${PICTURES}/${name}-${scheme}.png`, fullPage: true });
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await page.context().close();
      }
      expect(Object.values(found).flat()).toEqual([]);
    },
    60_000,
  );

  it('draws 5,000 nodes, of which it holds those that are seen', async () => {
    const nodes = Array.from({ length: 5_000 }, (_, i) => ({
      id: `n${i}`,
      run: 'true',
      ...(i >= 50 && { needs: [`n${i - 50}`] }),
    }));
    const { job_id } = await call('POST', '/jobs', { execution_graph: { name: 'large', nodes } });
    await call('POST', `/jobs/${job_id}/cancel`, {});
    const page = await open(`#/jobs/${job_id}`);
    await page.locator('.react-flow__node').first().waitFor();
    const graph = await page.locator('.graph').boundingBox();
    if (!graph) throw new Error('the graph is on the page');
    await page.mouse.move(graph.x + 400, graph.y + 200);
    await page.mouse.wheel(0, -3_000);
    await page.mouse.down();
    await page.mouse.move(graph.x + 100, graph.y + 100, { steps: 10 });
    await page.mouse.up();
    await page.waitForFunction(`document.querySelectorAll('.react-flow__node').length < 1000`);
    expect(await page.locator('.react-flow__node').count()).toBeGreaterThan(0);
  }, 60_000);
});
