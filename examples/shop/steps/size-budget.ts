// Refuses a client that grew too large; one that fits becomes the build that later ones are compared with.
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readAssets } from '../app/assets';
import { assetsDirectory, SHARED } from './job';

const BUDGET = 6 * 1024;

const { manifest, directory } = readAssets(assetsDirectory());
// What the build handed on; by hand, what it left.
const bytes = Number(process.env['BYTES'] ?? manifest.bytes);
if (bytes > BUDGET) {
  console.error(`AssertionError: expected at most ${BUDGET} bytes compressed, received ${bytes}`);
  process.exit(1);
}
await mkdir(SHARED, { recursive: true });
const draft = join(SHARED, `manifest.json.${process.pid}`);
await copyFile(join(directory, 'manifest.json'), draft);
await rename(draft, join(SHARED, 'manifest.json'));
console.log(`${bytes} of ${BUDGET} bytes`);
