import { AxeBuilder } from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';

/** Chromium as the tests of pages drive it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  // Its own arguments are for functions without processes, and switch off what pages rely on.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return playwright.launch({ args, executablePath, headless: true });
}

const DESK = { colorScheme: 'light', locale: 'en-GB', viewport: { width: 1_440, height: 1_000 } } as const;

export interface OpenedPages {
  /** A page at a desk, where `over` does not say otherwise. */
  readonly open: (address: string, over?: BrowserContextOptions) => Promise<Page>;
  /** What went wrong in the scripts of pages since it was asked last. A request that was refused is nothing wrong. */
  readonly wrong: () => string[];
}

export function pagesOf(browser: () => Browser): OpenedPages {
  const wrong: string[] = [];
  return {
    async open(address, over) {
      const context = await browser().newContext({ ...DESK, ...over });
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => void wrong.push(message));
      page.on('console', (message) => {
        const isRefusal = /status of 40[0134]/.test(message.text());
        if (message.type() === 'error' && !isRefusal) wrong.push(message.text());
      });
      await page.goto(address);
      return page;
    },
    wrong: () => wrong.splice(0),
  };
}

/** The dashboard of a daemon, as the link opens it that the daemon prints. @param place such as `#/jobs` */
export const linkTo = (daemon: { readonly url: string; readonly token: string }, place: string): string =>
  `${daemon.url}/#token=${daemon.token}&to=${encodeURIComponent(place.slice(1))}`;

/**
 * What stands in the way of somebody who uses a page otherwise than with a mouse and good eyes.
 * @param rule to look at alone: what does not go by colours is the same in every theme
 */
export async function barriers(page: Page, rule?: string): Promise<string[]> {
  // Pages without frames need no second page to bring the findings of all frames together; what passes is not told.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rule === undefined ? axe : axe.withRules(rule)).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
