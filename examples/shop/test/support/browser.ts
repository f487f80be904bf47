import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { SHARED } from '../../steps/job';

/** Starts the Chromium that Playwright installed, else the one that comes as a package. */
export async function openBrowser(): Promise<Browser> {
  const installed = chromium.executablePath();
  if (existsSync(installed)) return chromium.launch({ executablePath: installed });
  // Without the flags that the package suggests: they are for functions in the cloud, and the single process
  // among them does not outlive its first page.
  return chromium.launch({ executablePath: await unpackedChromium() });
}

/**
 * The package unpacks into the temporary directory and takes a half-written file for a finished one, so it gets
 * a directory of its own, which appears under its final name in one step.
 */
async function unpackedChromium(): Promise<string> {
  const packageFile = join(SHARED, '../../../node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(await readFile(packageFile, 'utf8'));
  const home = join(SHARED, `chromium-${version}`);
  if (!existsSync(home)) {
    const draft = `${home}.${process.pid}`;
    await mkdir(draft, { recursive: true });
    await unpackInto(draft);
    await rename(draft, home).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(home, 'chromium');
}

async function unpackInto(directory: string): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = directory;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
