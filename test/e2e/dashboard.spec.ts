import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { listen } from '../../lib/adapters/http/listen';
import { placeOf, type Route, type Served } from '../../lib/api/route';
import { ROUTES } from '../../lib/api/routes';
import { SCOPES } from '../../lib/core/access/scopes';
import { createApp } from '../../lib/server/app';
import { type CliProcess, until, type Workspace, workspace } from '../support/e2e-cli';
import { barriers, launchBrowser, linkTo, pagesOf } from '../support/e2e-page';

/** The page in a real browser, over a real daemon. Its pictures are kept: test-results/dashboard. */

const PICTURES = 'test-results/dashboard';
const GRAPH = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'sleep 1; printf "\\033[32mbuilt\\033[0m <b>all</b>\\n"' },
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
const pages = pagesOf(() => browser);

async function call<Answer = { job_id: string }>(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

/** A view as somebody opens it; what goes wrong in it fails the test. */
async function open(place: string, at = url): Promise<Page> {
  const page = await pages.open(linkTo({ url: at, token }, place));
  await page.waitForSelector('main');
  return page;
}

/** The same engine for somebody who is no administrator. What is read is asked of the daemon; what is refused, the host refuses itself. */
async function hostOfGuest() {
  const read = Object.values<Route>(ROUTES).map((route): Served => {
    const { method, path } = placeOf(route.name);
    const handle: Served['handle'] = async ({ params, query }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
        String((params as Record<string, unknown>)[name]),
      );
      const asked = new URLSearchParams(
        Object.entries(query as object).map(([name, value]): [string, string] => [name, String(value)]),
      );
      return { status: 200, body: await call(method, `${filled}?${asked}`) };
    };
    return { route, handle };
  });
  const app = createApp({
    ...{ routes: read, token, onFault: () => undefined, dashboard: 'dist/dashboard' },
    caller: { subject: 'guest', scopes: [SCOPES.jobs] },
    health: async () => ({}),
  });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  space = workspace();
  daemon = space.start('serve', '--port', '0', '--slots', '2');
  await until(() => daemon.stderr().includes('serving '), 'the daemon listens');
  ({ url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8')));
  browser = await launchBrowser();
}, 60_000);

afterEach(() => expect(pages.wrong()).toEqual([]));

afterAll(async () => {
  await browser?.close();
  daemon.child.kill('SIGTERM');
  await daemon.done;
});

describe('the page', () => {
  let jobId: string;

  it('shows where a graph does not compile, and submits it when it does', async () => {
    const page = await open('#/submit');
    const file = { name: 'shop.graph.yaml', mimeType: 'text/yaml' };
    const wrongText =
      'name: shop\nnodes:\n  - id: build\n    runn: make\n  - id: unit\n    needs: [bild]\n    run: make test\n';
    await page.setInputFiles('input[type=file]', { ...file, buffer: Buffer.from(wrongText) });
    const problems = page.getByLabel('Problems', { exact: true });
    await problems.getByText('line 4:').waitFor();
    await problems.getByText('line 6:').waitFor();
    expect(await page.getByRole('button', { name: 'Submit' }).isEnabled()).toBe(false);
    expect(await page.locator('.gutter .marked').allTextContents()).toEqual(['3', '4', '6']);
    await page.screenshot({ path: `${PICTURES}/submit-problems.png` });
    await page.setInputFiles('input[type=file]', { ...file, buffer: Buffer.from(JSON.stringify(GRAPH)) });
    await page.getByText('✓ 6 nodes').waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('heading', { name: 'shop', level: 1 }).waitFor();
    jobId = /#\/jobs\/(\w+)/.exec(page.url())?.[1] as string;
    await page.context().close();
  }, 60_000);

  it('follows a job to its end, and says why its node failed, what was tried and what to do', async () => {
    const page = await open(`#/jobs/${jobId}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.page-head .status.failed').waitFor();
    await page.getByRole('link', { name: 'e2e' }).first().click();
    const panel = page.getByLabel('Node e2e');
    await panel.getByText('assertion', { exact: true }).first().waitFor();
    await panel.getByText(/No further attempt: one attempt is all it has/).waitFor();
    await panel.getByRole('link', { name: 'Redrive its letter' }).waitFor();
    await panel.getByRole('log').getByText('AssertionError: expected 42 but got 41').waitFor();
    await page.screenshot({ path: `${PICTURES}/node.png`, fullPage: true });
    await page.context().close();
  }, 60_000);

  it('shows what a command wrote as text, its colours besides, and finds in it', async () => {
    const page = await open(`#/jobs/${jobId}/build`);
    const log = page.getByRole('log');
    await log.getByText('<b>all</b>').waitFor();
    expect(await log.locator('.ansi-green-fg').textContent()).toBe('built');
    expect(await log.locator('b').count()).toBe(0);
    await page.getByLabel('Search the log').fill('ALL');
    await page.getByText('1 of 1').waitFor();
    await page.context().close();
  });

  it('goes back to any moment of a job, by a link as well', async () => {
    const page = await open(`#/jobs/${jobId}`);
    await page.locator('.work.failed').waitFor();
    await page.getByLabel(/Moment of the job/).fill('2');
    await page.getByText(/Event 2 of/).waitFor();
    expect(await page.locator('.work.failed').count()).toBe(0);
    expect(page.url()).toContain('at=2');
    await page.reload();
    await page.getByText(/Event 2 of/).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.work.failed').waitFor();
    await page.context().close();
  });

  it('says what is refused and why, and who may', async () => {
    const guest = await hostOfGuest();
    const page = await open('#/workers', guest.address);
    await page.getByRole('button', { name: 'Cordon', exact: true }).click();
    await page.getByLabel('Why?').fill('it fails everything');
    await page.locator('form.action').getByRole('button', { name: 'Cordon' }).click();
    await page.getByRole('alert').getByText('FORBIDDEN').waitFor();
    await page
      .getByRole('alert')
      .getByText(/needs the scope orchestration.admin/)
      .waitFor();
    await page.screenshot({ path: `${PICTURES}/refused.png` });
    await page.evaluate(`sessionStorage.setItem('reprise.token', 'of somebody else')`);
    await page.getByRole('alert').getByText('UNAUTHENTICATED').first().waitFor();
    await page.context().close();
    await guest.close();
  });

  it('has a letter redriven, and shows that its job succeeds then', async () => {
    space.write('mended', '');
    const page = await open('#/letters');
    await page.locator('.cards a').click();
    await page.getByLabel('Note', { exact: true }).fill('the total was rounded');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('the total was rounded').waitFor();
    await page.getByLabel('Why?').fill('the total is mended');
    await page.screenshot({ path: `${PICTURES}/letter.png`, fullPage: true });
    await page.getByRole('button', { name: 'Redrive one first' }).click();
    await page.locator('.letter.resolved').waitFor();
    await page.getByText(/1 letter of these ended well/).waitFor();
    await page.getByRole('link', { name: 'shop' }).click();
    await page.locator('.page-head .status.succeeded').waitFor();
    await page.context().close();
  }, 60_000);

  it('compares two runs of a graph', async () => {
    const { job_id: later } = await call('POST', '/jobs', { execution_graph: GRAPH });
    const page = await open(`#/jobs/${later}`);
    await page.locator('.page-head .status.succeeded').waitFor();
    await page.getByRole('link', { name: 'Compare with the run before' }).click();
    await page.getByRole('button', { name: /went as before/ }).waitFor();
    await page.screenshot({ path: `${PICTURES}/compare.png`, fullPage: true });
    expect(await barriers(page)).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('verifies an export in the browser, and names the event that was changed', async () => {
    const { stdout } = await space.run('journal', 'export', jobId);
    const page = await open('#/audit');
    const exported = { name: 'job.jsonl', mimeType: 'application/jsonl' };
    await page.setInputFiles('input[type=file]', { ...exported, buffer: Buffer.from(stdout) });
    await page.getByText('job.jsonl verifies').waitFor();
    const lines = stdout.split('\n');
    lines[4] = (lines[4] as string).replace(/"at":\d/, '"at":9');
    await page.setInputFiles('input[type=file]', { ...exported, buffer: Buffer.from(lines.join('\n')) });
    await page.getByText('Position 5: the content does not match its hash').waitFor();
    await page.screenshot({ path: `${PICTURES}/tampered.png` });
    await page.getByLabel(/Whose signature/).fill('0'.repeat(64));
    await page.setInputFiles('input[type=file]', { ...exported, buffer: Buffer.from(stdout) });
    await page.getByText(/the head is signed by/).waitFor();
    await page.context().close();
  });

  it('replays recorded jobs on another fleet', async () => {
    const page = await open('#/capacity');
    await page.getByLabel('Workers').fill('4');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByLabel('Makespan of a job').getByText('4 workers of').waitFor();
    await page.screenshot({ path: `${PICTURES}/what-if.png`, fullPage: true });
    await page.context().close();
  });

  const VIEWS = [
    ['jobs', () => '#/jobs', 'table'],
    ['job', () => `#/jobs/${jobId}/e2e`, '.attempts li'],
    ['submit', () => '#/submit', '.drop'],
    ['letters', () => '#/letters', '.cards li'],
    ['workers', () => '#/workers', '.slots'],
    ['capacity', () => '#/capacity', '.figures'],
    ['health', () => '#/health', '.checks li'],
    ['audit', () => '#/audit', 'tbody tr'],
  ] as const;

  it('can be used by everyone, in both themes, on a desk and on a telephone', async () => {
    // Two at a time: one waits for the engine while the other is looked at.
    const left = [...VIEWS];
    const looks = [1, 2].map(async () => {
      const found: string[] = [];
      for (let next = left.shift(); next; next = left.shift()) found.push(...(await looked(next)));
      return found;
    });
    expect((await Promise.all(looks)).flat()).toEqual([]);
  }, 90_000);

  async function looked([name, address, ready]: (typeof VIEWS)[number]): Promise<string[]> {
    const page = await open(address());
    await page.waitForSelector(ready);
    const found = await barriers(page);
    await page.screenshot({ path: `${PICTURES}/${name}-light.png` });
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(...(await barriers(page, 'color-contrast')));
    await page.screenshot({ path: `${PICTURES}/${name}-dark.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${PICTURES}/${name}-phone.png`, fullPage: true });
    const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    await page.context().close();
    return fits ? found : [...found, `${name} is wider than a telephone`];
  }

  it('is walked through by keys', async () => {
    const page = await open('#/jobs');
    await page.waitForSelector('table');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.getByRole('link', { name: 'Health' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
    await page.context().close();
  });

  it('shows one run while it goes on, and has it cancelled', async () => {
    space.write('slow.json', JSON.stringify({ name: 'slow', nodes: [{ id: 'wait', run: 'sleep 30' }] }));
    const run = space.start('run', 'slow.json', '--ui', '--journal', 'runs');
    await until(() => run.stderr().includes('#token='), 'the run serves its page');
    const [link] = /http:\S+/.exec(run.stderr()) as RegExpExecArray;
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    await page.goto(link);
    await page.locator('.page-head .status.running').waitFor();
    await page.locator('.work.running').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Why?').fill('seen enough');
    await page.locator('form.action').getByRole('button', { name: 'Cancel' }).click();
    const { code, stderr } = await run.done;
    expect([code, stderr]).toEqual([1, expect.stringContaining('cancelled')]);
    await page.context().close();
  }, 60_000);

  it('draws 5,000 nodes, of which it holds those that are read', async () => {
    const nodes = Array.from({ length: 5_000 }, (_, i) => ({
      id: `n${i}`,
      run: 'true',
      ...(i >= 50 && { needs: [`n${i - 50}`] }),
    }));
    const { job_id } = await call('POST', '/jobs', { execution_graph: { name: 'large', nodes } });
    await call('POST', `/jobs/${job_id}/cancel`, {});
    const page = await open(`#/jobs/${job_id}`);
    await page.locator('.backdrop').waitFor();
    const graph = await page.locator('.graph').boundingBox();
    if (!graph) throw new Error('the graph is on the page');
    const [x, y] = [graph.x + graph.width / 2, graph.y + graph.height / 2];
    expect(await page.locator('.react-flow__node').count()).toBe(0);
    await page.screenshot({ path: `${PICTURES}/large.png` });
    const far = await framesWhile(page, () => pan(page, x, y));
    await page.mouse.move(x, y);
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -600);
    await page.locator('.react-flow__node').first().waitFor();
    const near = await framesWhile(page, () => pan(page, x, y));
    const drawn = await page.locator('.react-flow__node').count();
    await page.screenshot({ path: `${PICTURES}/large-near.png` });
    writeFileSync(
      `${PICTURES}/frames.json`,
      `${JSON.stringify({ nodes: nodes.length, drawn, far, near })}\n`,
    );
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThan(200);
    await page.context().close();
  }, 60_000);

  it('loads in less than 300 kB before a graph is opened', () => {
    const root = 'dist/dashboard';
    const manifest = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as Record<
      string,
      { file: string; css?: string[]; imports?: string[]; isEntry?: boolean }
    >;
    const first = new Set<string>();
    const take = (name: string) => {
      const { file, css = [], imports = [] } = manifest[name] as (typeof manifest)[string];
      for (const each of [file, ...css]) first.add(each);
      imports.forEach(take);
    };
    take('index.html');
    const bytes = [...first].reduce((sum, file) => sum + gzipSync(readFileSync(join(root, file))).length, 0);
    const all = readdirSync(root).reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    expect(bytes).toBeGreaterThan(30_000);
    expect(bytes).toBeLessThan(300_000);
    expect(all).toBeLessThan(3_000_000);
  });
});

async function pan(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= 30; i++) await page.mouse.move(x - 8 * i, y - 2 * i);
  for (let i = 29; i >= 0; i--) await page.mouse.move(x - 8 * i, y - 2 * i);
  await page.mouse.up();
}

/** How long the frames took that the browser drew meanwhile, milliseconds: noted, as it depends on the machine. */
async function framesWhile(page: Page, act: () => Promise<void>) {
  await page.evaluate(`window.frames_ = []; (function next(at) {
    window.frames_.push(at); window.going_ = requestAnimationFrame(next); })(performance.now())`);
  await act();
  const at = (await page.evaluate('cancelAnimationFrame(window.going_); window.frames_')) as number[];
  const took = at
    .slice(1)
    .map((time, i) => time - (at[i] as number))
    .sort((a, b) => a - b);
  const of = (share: number) => Math.round(10 * (took[Math.floor(share * (took.length - 1))] ?? 0)) / 10;
  return { frames: took.length, median: of(0.5), p95: of(0.95), most: of(1) };
}
