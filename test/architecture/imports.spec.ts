import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Which layers a layer may import. Imports go inwards only; `core` stands alone. */
const ALLOWED: Record<string, readonly string[]> = {
  'lib/core': [],
  'lib/adapters/embedded': ['lib/core'],
  'lib/adapters/aws': ['lib/core', 'lib/adapters/http'],
  'lib/adapters/http': ['lib/core'],
  'lib/api': ['lib/core', 'lib/adapters/http'],
  'lib/server': ['lib/api', 'lib/core', 'lib/adapters'],
  'lib/agent': ['lib/core', 'lib/adapters'],
  'lib/config': ['lib/core'],
  'lib/local': ['lib/core', 'lib/adapters', 'lib/config'],
  'lib/cli': ['lib/core', 'lib/adapters', 'lib/api', 'lib/server', 'lib/agent', 'lib/config', 'lib/local'],
  'lib/constructs': ['lib/core', 'lib/config'],
  'lib/stacks': ['lib/core', 'lib/config', 'lib/constructs'],
  lambdas: ['lib/core', 'lib/api', 'lib/adapters/aws', 'lib/adapters/http'],
  bin: ['lib'],
};

/** What the pure core may take from outside, by name where a module offers more than pure functions. */
const CORE_PACKAGES: Record<string, readonly string[] | 'any'> = {
  'node:crypto': ['createHash', 'createHmac', 'timingSafeEqual'],
  canonicalize: 'any',
  jsonata: 'any',
  yaml: 'any',
  zod: 'any',
};

/** Reads of the clock, of randomness or of the process that the core is given as arguments instead. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.(env|hrtime|cwd)|setTimeout|setInterval)\b/;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly names: readonly string[];
}

const files = ['bin', 'lib', 'lambdas'].flatMap(sources);
const imports = files.flatMap(importsOf);

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:import|export)\s+(?:type\s+)?([^;'"]*?)\s*from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    from: (match[2] ?? match[3]) as string,
    names: (match[1] ?? '*')
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter(Boolean),
  }));
}

function layerOf(path: string): string | undefined {
  return Object.keys(ALLOWED)
    .filter((layer) => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function targetOf({ file, from }: Import): string {
  return relative('.', resolve(dirname(file), from));
}

describe('the layers', () => {
  it('cover every source file', () => {
    expect(files.filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  it('import inwards only', () => {
    const faults = imports
      .filter(({ from }) => from.startsWith('.') && !from.endsWith('/package.json'))
      .filter((entry) => {
        const layer = layerOf(entry.file) as string;
        const target = targetOf(entry);
        const inside = target === layer || target.startsWith(`${layer}/`);
        return !inside && !ALLOWED[layer]?.some((allowed) => target.startsWith(`${allowed}/`));
      })
      .map((entry) => `${entry.file}:${entry.line} imports ${targetOf(entry)}`);
    expect(faults).toEqual([]);
  });

  it('keep every outside module but the listed pure ones out of the core', () => {
    const faults = imports
      .filter(({ file, from }) => file.startsWith('lib/core/') && !from.startsWith('.'))
      .filter(({ from, names }) => {
        const allowed = CORE_PACKAGES[from];
        return allowed === undefined || (allowed !== 'any' && names.some((name) => !allowed.includes(name)));
      })
      .map(({ file, line, from, names }) => `${file}:${line} imports ${names.join(', ')} from ${from}`);
    expect(faults).toEqual([]);
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
      .filter(({ file }) => !/^(lib\/adapters\/aws|lambdas\/shared|lib\/local)\//.test(file))
      .map(({ file, line, from }) => `${file}:${line} imports ${from}`);
    expect(faults).toEqual([]);
  });
});
