// Bundles the client, names each file by its content, and tells whether anything changed since the build
// that the size budget accepted last.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Manifest } from '../app/assets';
import { assetsDirectory, EXAMPLE, output, SHARED } from './job';

const directory = assetsDirectory();
await mkdir(directory, { recursive: true });

const { metafile, outputFiles } = await build({
  entryPoints: [join(EXAMPLE, 'client/main.js'), join(EXAMPLE, 'client/styles.css')],
  outdir: directory,
  entryNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  metafile: true,
  write: false,
});
await Promise.all(outputFiles.map((file) => writeFile(file.path, file.contents)));

const files = Object.fromEntries(
  Object.entries(metafile.outputs).map(([path, { entryPoint }]) => [basename(entryPoint!), basename(path)]),
);
const manifest: Manifest = {
  files,
  bytes: outputFiles.reduce((sum, file) => sum + gzipSync(file.contents).length, 0),
  hash: Object.values(files).sort().join(' '),
};
await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest, null, 2));

const changed = manifest.hash !== (await acceptedHash());
console.log(`${manifest.hash}, ${manifest.bytes} bytes compressed, ${changed ? 'changed' : 'unchanged'}`);
output({ changed, bytes: manifest.bytes });

async function acceptedHash(): Promise<string | undefined> {
  const text = await readFile(join(SHARED, 'manifest.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).hash;
}
