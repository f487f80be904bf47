// Writes the declarations of what programs import into dist/types: of each entry, and of what it speaks of. They name no
// other package, as the package has no dependencies. Runs on `npm ci` (prepare).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

const ENTRIES = ['lib/library/index.ts', 'lib/client/index.ts'].filter((file) => existsSync(file));

await rm('dist/types', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const work = await mkdtemp('dist/types-');
try {
  await emit(work);
  const seen = new Set();
  for (const entry of ENTRIES) await take(join(work, relative('lib', entry)).replace(/\.ts$/, '.d.ts'), seen);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Of all files that entries reach; their types are checked elsewhere. */
async function emit(outDir) {
  const config = join(outDir, 'tsconfig.json');
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true },
    ...{ outDir: resolve(outDir), rootDir: resolve('lib'), types: ['node'] },
    typeRoots: [resolve(dirname(require.resolve('typescript/package.json')), '../@types')],
  };
  const project = {
    extends: resolve(dirname(require.resolve('../package.json')), 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: ENTRIES.map((file) => resolve(file)),
  };
  await writeFile(config, JSON.stringify(project));
  execFileSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' });
}

/** Copies a declaration, and those that it names. */
async function take(file, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  const text = await readFile(file, 'utf8');
  const target = join('dist/types', relative(work, file));
  await mkdir(dirname(target), { recursive: true });
  await cp(file, target);
  for (const from of namesIn(text)) {
    if (from.startsWith('.')) await take(`${join(dirname(file), from)}.d.ts`, seen);
    else if (!from.startsWith('node:'))
      throw new Error(
        `${relative(work, file)} names ${from}: what programs import has to say its types itself`,
      );
  }
}

function namesIn(text) {
  const statements = text.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s*'([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...statements].map(([, from, inline]) => from ?? inline);
}
