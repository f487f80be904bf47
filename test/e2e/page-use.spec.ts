import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type CliProcess, until, type Workspace, workspace } from '../support/e2e-cli';
import { barriers, launchBrowser, linkTo, pagesOf } from '../support/e2e-page';

/** The dashboard by keys, on paper, without motion, and by its names. */

const PICTURES = 'test-results/dashboard';
const GRAPH = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'echo built' },
    {
      id: 'e2e',
      needs: ['build'],
      run: 'seq 300; echo "AssertionError: expected 42 but got 41" >&2; exit 1',
    },
    { id: 'a-name-that-is-longer-than-its-card-in-the-graph-of-the-job', needs: ['e2e'], run: 'true' },
    ...Array.from({ length: 60 }, (_, i) => ({ id: `unit-${i + 1}`, needs: ['build'], run: 'true' })),
  ],
};

let space: Workspace;
let daemon: CliProcess;
let browser: Browser;
let served: { readonly url: string; readonly token: string };
let jobId: string;
let group: string;
const pages = pagesOf(() => browser);

async function call<Answer>(path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${served.url}${path}`, { headers, ...init });
  return (await response.json()) as Answer;
}

async function open(place: string, ready: string, over?: Parameters<typeof pages.open>[1]): Promise<Page> {
  const page = await pages.open(linkTo(served, place), over);
  await page.locator(ready).first().waitFor();
  return page;
}

const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    'document.activeElement.ariaLabel ?? document.activeElement.textContent ?? document.activeElement.tagName',
  );

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  space = workspace();
  daemon = space.start('serve', '--port', '0', '--slots', '2');
  browser = await launchBrowser();
  await until(() => daemon.stderr().includes('serving '), 'the daemon listens');
  served = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
  ({ job_id: jobId } = await call<{ job_id: string }>('/jobs', { execution_graph: GRAPH }));
  const page = await open(`#/jobs/${jobId}`, '.page-head .status.failed');
  await page.context().close();
  const { groups } = await call<{ groups: readonly { readonly group: string }[] }>('/letters');
  group = groups[0]?.group ?? '';
}, 60_000);

afterEach(() => expect(pages.wrong()).toEqual([]));

afterAll(async () => {
  await browser?.close();
  daemon.child.kill('SIGTERM');
  await daemon.done;
});

describe('by keys', () => {
  const VIEWS: readonly (readonly [name: string, place: () => string, ready: string])[] = [
    ['jobs', () => '#/jobs', 'tbody tr'],
    ['job', () => `#/jobs/${jobId}/e2e`, '.attempts li'],
    ['letters', () => '#/letters', '.cards li'],
    ['letter', () => `#/letters/${group}`, '.letter'],
    ['workers', () => '#/workers', '.slots'],
    ['health', () => '#/health', '.checks li'],
    ['audit', () => '#/audit', 'tbody tr'],
  ];
  it.each(VIEWS)('%s is walked through, and where one is is seen', async (_, place, ready) => {
    const page = await open(place(), ready);
    const unseen: string[] = [];
    const passed = new Set<string>();
    for (let i = 0; i < 45; i++) {
      await page.keyboard.press('Tab');
      const { name, isSeen } = await page.evaluate<{ name: string; isSeen: boolean }>(`(() => {
        const at = document.activeElement;
        // What chooses a file is as good as not there: the button around it shows where one is.
        const shown = at.type === 'file' ? at.parentElement : at;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        const { width, height } = shown.getBoundingClientRect();
        const name = at.tagName + ' ' + (at.ariaLabel ?? at.textContent ?? '').trim().slice(0, 40) + ' ' + at.id;
        return { name, isSeen: at === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && width > 1 && height > 1) };
      })()`);
      passed.add(name);
      if (!isSeen) unseen.push(name);
    }
    expect(unseen).toEqual([]);
    expect(passed.size).toBeGreaterThan(10);
    await page.context().close();
  });

  it('leaves what was opened by Escape, and is where it was', async () => {
    const page = await open(`#/jobs/${jobId}`, '.page-head .status.failed');
    await page.getByRole('button', { name: 'Resume' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.placeholder')).toBe('for the journal');
    await page.getByText('what succeeded keeps its result').waitFor();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Resume');
    await page.getByRole('link', { name: 'e2e' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Node e2e').waitFor();
    expect(await focused(page)).toBe('e2e');
    await page.keyboard.press('Escape');
    await page.getByLabel('Node e2e').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('e2e');
    expect(page.url()).toMatch(new RegExp(`#/jobs/${jobId}$`));
    await page.context().close();
  });

  it('opens a node of the graph, and keeps what was chosen before', async () => {
    const page = await open(`#/jobs/${jobId}?by=node`, '.work');
    // The graph is too tall to be read as a whole: what failed is what one sees of it.
    const graph = await page.locator('.graph').boundingBox();
    const card = await page.locator('.work.failed').boundingBox();
    expect(card?.height).toBeGreaterThan(30);
    expect(card?.y).toBeGreaterThan(graph?.y ?? 0);
    await page.locator('.react-flow__node[data-id=build]').focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Node build').waitFor();
    // The rest of the page is as it was.
    expect(await page.locator('.graph .work').count()).toBe(GRAPH.nodes.length);
    expect(page.url()).toMatch(/\/build\?by=node$/);
    await page.context().close();
  });

  it('names every view in the tab of the browser', async () => {
    const page = await open('#/jobs', 'tbody tr');
    const titles = [
      ['#/jobs', 'Jobs'],
      [`#/jobs/${jobId}`, 'shop'],
      ['#/workers', 'Workers'],
      ['#/nowhere', 'Not found'],
    ] as const;
    for (const [place, title] of titles) {
      await page.evaluate(`location.hash = '${place}'`);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      expect(await page.title()).toBe(`${title} · Reprise`);
    }
    await page.context().close();
  });
});

it.each(['light', 'dark'] as const)(
  'has no barrier with forms and nodes open, %s',
  async (colorScheme) => {
    const page = await open(`#/jobs/${jobId}/e2e`, '.attempts li', { colorScheme });
    await page.getByRole('button', { name: 'Try failed nodes again' }).click();
    await page.getByText('What it does').click();
    expect(await barriers(page, colorScheme === 'dark' ? 'color-contrast' : undefined)).toEqual([]);
    await page.screenshot({ path: `${PICTURES}/open-${colorScheme}.png` });
    await page.context().close();
  },
  60_000,
);

it('moves nothing for whoever asked for that', async () => {
  const moving = (page: Page) =>
    page.evaluate<number>(
      'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations === Infinity).length',
    );
  const still = await open('#/jobs', '.live.streaming', { reducedMotion: 'reduce' });
  expect(await moving(still)).toBe(0);
  await still.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await moving(still)).toBeGreaterThan(0);
  await still.context().close();
});

it('is printed whole: what scrolls on a screen is shown, and what is pressed is not', async () => {
  const page = await open(`#/jobs/${jobId}/e2e`, '.work', { colorScheme: 'dark' });
  await page.getByRole('button', { name: 'stdout' }).click();
  await page.getByRole('log').getByText('1', { exact: true }).first().waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1_000 });
  await page.locator('.lines li').nth(62).waitFor();
  expect(await page.locator('.lines li').count()).toBe(GRAPH.nodes.length);
  expect(await page.locator('.log-line').count()).toBe(300);
  expect(await page.getByRole('button').filter({ visible: true }).allTextContents()).toEqual([
    expect.stringContaining('Attempt 1'),
  ]);
  expect(await page.getByRole('navigation').isVisible()).toBe(false);
  const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
    .filter((one) => one.checkVisibility() && !one.closest('svg, .unseen, .react-flow, .stretch, .stack-bar'))
    .filter((one) => getComputedStyle(one).overflow !== 'visible' && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1))
    .map((one) => one.tagName + '.' + one.className)`);
  expect(cut).toEqual([]);
  const beyond = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('main .work, main p, main pre, main li')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > 719)
    .map((one) => one.textContent.slice(0, 40))`);
  expect(beyond).toEqual([]);
  expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light');
  await page.screenshot({ path: `${PICTURES}/printed.png`, fullPage: true });
  await page.context().close();
}, 60_000);
