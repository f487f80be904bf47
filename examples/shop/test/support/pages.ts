import { after, afterEach, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser';
import { openShop, type TestShop } from './shop';

/** A shop and a browser for a file of tests. Every page is a new visitor. */
export function withBrowser(): { visit: (path: string) => Promise<Page> } {
  let shop: TestShop | undefined;
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    shop = await openShop();
  });
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });
  const visit = async (path: string) => {
    const context = await browser!.newContext({ viewport: { width: 1180, height: 860 } });
    context.setDefaultTimeout(5000);
    const page = await context.newPage();
    await page.goto(shop!.url + path);
    return page;
  };
  return { visit };
}
