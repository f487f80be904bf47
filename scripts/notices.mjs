import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * The licences of the packages whose code bundles hold, each text once with the packages that it covers.
 * @param metafiles of esbuild
 */
export async function noticesOf(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = [...new Set(inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]))];
  const byText = new Map();
  for (const folder of folders.filter((each) => each !== undefined)) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = (await licenceIn(folder)) ?? `${license}: the package has no text of its own.`;
    const covered = byText.get(text) ?? new Set();
    byText.set(text, covered.add(`${name} ${version} (${license})`));
  }
  const parts = [...byText].map(([text, covered]) => `${[...covered].sort().join('\n')}\n\n${text.trim()}\n`);
  return `The code in here holds code of these packages.\n\n${parts.sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}

async function licenceIn(folder) {
  const names = await readdir(resolve(folder));
  const name = names.sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
  return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
}
