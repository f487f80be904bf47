import { readFileSync } from 'node:fs';
import { importsOf, place, sources } from './sources';

/** Which layers a layer may import. Imports go inwards only; `core` stands alone. */
const ALLOWED: Record<string, readonly string[]> = {
  'lib/core': [],
  'lib/contract': ['lib/core'],
  'lib/importers': ['lib/core', 'lib/reports', 'lib/runners'],
  'lib/init': ['lib/core', 'lib/importers', 'lib/runners'],
  'lib/exporters': ['lib/core'],
  'lib/reports': ['lib/core'],
  'lib/runners': ['lib/core', 'lib/reports'],
  'lib/adapters/system.ts': ['lib/core'],
  'lib/adapters/signals.ts': ['lib/core'],
  'lib/adapters/gate.ts': ['lib/core'],
  'lib/adapters/archive': ['lib/core'],
  'lib/adapters/memory': ['lib/core'],
  'lib/adapters/mail': ['lib/core'],
  'lib/adapters/evaluator': ['lib/core'],
  'lib/adapters/embedded': [
    'lib/core',
    'lib/reports',
    'lib/runners',
    'lib/adapters/system.ts',
    'lib/adapters/gate.ts',
    'lib/adapters/archive',
    'lib/adapters/memory',
    'lib/adapters/evaluator',
  ],
  'lib/adapters/aws': ['lib/core', 'lib/adapters/system.ts', 'lib/adapters/archive'],
  'lib/client': ['lib/core', 'lib/contract', 'lib/adapters/system.ts'],
  'lib/adapters/http': [
    'lib/core',
    'lib/adapters/system.ts',
    'lib/contract',
    'lib/client',
    'lib/api/routes.ts',
  ],
  'lib/api': ['lib/core', 'lib/contract', 'lib/reports'],
  'lib/server': ['lib/core', 'lib/contract', 'lib/reports', 'lib/api', 'lib/adapters'],
  'lib/agent': ['lib/core', 'lib/contract', 'lib/adapters'],
  'lib/config': ['lib/core'],
  'lib/localcloud': ['lib/core', 'lib/config', 'lib/adapters'],
  'lib/chaos': ['lib/core', 'lib/adapters/memory'],
  'lib/cli': ['lib'],
  'lib/library': ['lib/core', 'lib/contract', 'lib/adapters', 'lib/cli'],
  'lib/constructs': ['lib/core', 'lib/config', 'lib/api'],
  'lib/stacks': ['lib/core', 'lib/config', 'lib/api', 'lib/constructs'],
  'lambdas/runtime': [
    'lib/core',
    'lib/contract',
    'lib/api',
    'lib/adapters/aws/queues/message-groups.ts',
    'lib/adapters/aws/queues/queue-messages.ts',
    'lib/adapters/aws/queues/read-message.ts',
  ],
  'lambdas/shared': ['lib/core', 'lib/api', 'lib/adapters', 'lambdas/runtime'],
  lambdas: ['lib/core', 'lib/api', 'lib/adapters', 'lambdas'],
  bin: ['lib'],
};

/** What the pure core may take from outside, by name where a module offers more than pure functions. */
const CORE_PACKAGES: Record<string, readonly string[] | 'any'> = {
  'node:crypto': ['createHash', 'hash', 'createHmac', 'timingSafeEqual'],
  canonicalize: 'any',
  'heap-js': 'any',
  jsonata: 'any',
  'lru-cache': 'any',
  'simple-statistics': 'any',
  yaml: 'any',
  zod: 'any',
};

/** Reads of the clock, of randomness or of the process that the core is given as arguments instead. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.(env|hrtime|cwd)|setTimeout|setInterval)\b/;

const files = sources('bin', 'lib', 'lambdas');
const imports = files.flatMap((file) => importsOf(file));

const isIn = (path: string, layer: string) => path === layer || path.startsWith(`${layer}/`);

function layerOf(path: string): string | undefined {
  return Object.keys(ALLOWED)
    .filter((layer) => isIn(path, layer))
    .sort((a, b) => b.length - a.length)[0];
}

describe('the layers', () => {
  it('cover every source file', () => {
    expect(files.filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  it('import inwards only', () => {
    const faults = imports.filter(({ file, from, target }) => {
      if (!from.startsWith('.') || from.endsWith('/package.json')) return false;
      const layer = layerOf(file) as string;
      return target === undefined || ![layer, ...(ALLOWED[layer] ?? [])].some((to) => isIn(target, to));
    });
    expect(faults.map(place)).toEqual([]);
  });

  it('keep every outside module but the listed pure ones out of the core', () => {
    const faults = imports
      .filter(({ file, from }) => file.startsWith('lib/core/') && !from.startsWith('.'))
      .filter(({ from, names }) => {
        const allowed = CORE_PACKAGES[from];
        return allowed === undefined || (allowed !== 'any' && names.some((name) => !allowed.includes(name)));
      });
    expect(faults.map(place)).toEqual([]);
  });

  it('keep clock, randomness and process out of the core', () => {
    const faults = files
      .filter((file) => file.startsWith('lib/core/'))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line, i) =>
            IMPURE.test(line.replace(/\/\/.*|^\s*\*.*/, '')) ? [`${file}:${i + 1} ${line.trim()}`] : [],
          ),
      );
    expect(faults).toEqual([]);
  });

  it('reach the AWS SDK through the AWS adapters and the composition root only', () => {
    const faults = imports
      .filter(({ from }) => from.startsWith('@aws-sdk/'))
      .filter(({ file }) => !/^(lib\/adapters\/aws|lambdas\/shared|lib\/localcloud)\//.test(file));
    expect(faults.map(place)).toEqual([]);
  });

  it('wire functions in their handlers only', () => {
    const faults = imports
      .filter(({ target }) => target?.startsWith('lambdas/shared/'))
      .filter(({ file }) => !file.startsWith('lambdas/shared/') && !file.endsWith('/handler.ts'));
    expect(faults.map(place)).toEqual([]);
  });

  it('have every function of the API record its calls', () => {
    const faults = imports
      .filter(({ target = '' }) => /^lambdas\/runtime\/(http|routed)\.ts$/.test(target))
      .filter(({ file }) => file.endsWith('/handler.ts'));
    expect(faults.map(place)).toEqual([]);
  });

  it('let no function import from another one', () => {
    const functionOf = (path: string) => path.split('/').slice(0, 2).join('/');
    const common = ['lambdas/runtime', 'lambdas/shared'];
    const faults = imports.filter(
      ({ file, target = '' }) =>
        file.startsWith('lambdas/') &&
        target.startsWith('lambdas/') &&
        ![functionOf(file), ...common].includes(functionOf(target)),
    );
    expect(faults.map(place)).toEqual([]);
  });
});
