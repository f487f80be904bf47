import { shellWord } from '../core/dag/shell/word';
import { sanitiseId } from '../importers/ids';
import type { ImportedNode } from '../importers/imported';
import { dirOf, type Folder, filesLike } from './folder';
import type { PackageManager } from './package-manager';
import type { Script } from './scripts';
import { type Look, NOTHING } from './sketch';

/** Files of tests for which one machine is enough. */
const FILES_A_SHARD = 10;
const MOST_SHARDS = 8;

interface Deps {
  readonly manager: PackageManager;
  readonly scripts: readonly Script[];
  readonly needs: readonly string[];
}

/** What a configuration says, read and not run: that is for whoever has its packages. */
interface Config {
  /** Names of projects, those left out that others depend on: they run with these. */
  readonly projects: readonly string[];
  readonly hasServer: boolean;
  readonly testDir: string;
}

/** A node for each project, in shards where there are many files of tests. */
export function playwrightLook(folder: Folder, { manager, scripts, needs }: Deps): Look {
  const [file] = filesLike(folder, /(^|\/)playwright\.config\.[cm]?[jt]s$/);
  if (file === undefined) return NOTHING;
  const { projects, hasServer, testDir } = configOf(folder.read(file) ?? '', dirOf(file));
  const tests = folder.files.filter(
    (path) =>
      path.startsWith(testDir === '' ? '' : `${testDir}/`) && /\.(spec|test)\.[cm]?[jt]sx?$/.test(path),
  ).length;
  const shards = hasServer ? 1 : Math.min(MOST_SHARDS, Math.ceil(tests / FILES_A_SHARD));
  const base = sanitiseId(scripts.find(({ runner }) => runner === 'playwright')?.name ?? 'playwright');
  const config = file.includes('/') ? [`--config=${shellWord(file)}`] : [];
  const nodes = (projects.length === 0 ? [undefined] : projects).map((project): ImportedNode => {
    const words = [
      'PLAYWRIGHT_JSON_OUTPUT_NAME="$REPRISE_NODE.report.json"',
      ...[manager.exec, 'playwright', 'test', ...config],
      ...(project === undefined ? [] : [shellWord(`--project=${project}`)]),
      ...(shards > 1 ? ['--shard={{ index1 }}/{{ total }}'] : []),
      ...['--reporter=line,json', '--output="test-results/$REPRISE_NODE"'],
    ];
    return {
      id: project === undefined ? base : sanitiseId(`${base}-${project}`),
      run: words.join(' '),
      ...(needs.length > 0 ? { needs: [...needs] } : {}),
      ...(shards > 1 ? { shards } : {}),
      reports: ['{{ node }}.report.json'],
      // Its server listens at one port: what runs beside it would find that taken, or use it.
      ...(hasServer && projects.length > 1 ? { concurrency: { key: 'playwright-server', limit: 1 } } : {}),
    };
  });
  const what =
    projects.length === 0
      ? 'a configuration without projects'
      : `a node for each of its projects: ${projects.join(', ')}`;
  const why = [
    what,
    shards > 1
      ? `${shards} shards each for ${tests} files of tests`
      : `no shards for ${tests} files of tests`,
    ...(hasServer ? ['one at a time, as it starts a server at one port'] : []),
  ].join('; ');
  return { found: [{ what: 'Playwright', file, why, nodes }], aside: [] };
}

function configOf(source: string, dir: string): Config {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
  const objects = objectsOf(listAfter(text, /\bprojects\s*:\s*\[/));
  const named = objects.flatMap((object) => {
    const name = /(?:^|[{,\s])name\s*:\s*(['"`])([^'"`]+)\1/.exec(object)?.[2];
    const needed = [...listAfter(object, /\bdependencies\s*:\s*\[/).matchAll(/['"`]([^'"`]+)['"`]/g)];
    const teardown = /\bteardown\s*:\s*(['"`])([^'"`]+)\1/.exec(object)?.[2];
    return name === undefined ? [] : [{ name, with: [...needed.map(([, each]) => each), teardown] }];
  });
  const helpers = new Set(named.flatMap((each) => each.with));
  const testDir = /\btestDir\s*:\s*(['"`])([^'"`]+)\1/
    .exec(text)?.[2]
    ?.replace(/^\.\/?/, '')
    .replace(/\/$/, '');
  return {
    projects: named.map(({ name }) => name).filter((name) => !helpers.has(name)),
    hasServer: /\bwebServer\s*:/.test(text),
    testDir: [dir, testDir].filter(Boolean).join('/'),
  };
}

/** What stands in the brackets behind a match. */
function listAfter(text: string, opening: RegExp): string {
  const match = opening.exec(text);
  if (!match) return '';
  const from = match.index + match[0].length;
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if ('[{('.includes(text[at]!)) depth += 1;
    if (']})'.includes(text[at]!)) depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  return '';
}

/** The objects of a list, each with its braces; lists and objects in them belong to them. */
function objectsOf(list: string): string[] {
  const objects: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < list.length; at++) {
    if ('[{('.includes(list[at]!)) {
      if (depth === 0) from = at;
      depth += 1;
    }
    if (']})'.includes(list[at]!)) {
      depth -= 1;
      if (depth === 0 && list[from] === '{') objects.push(list.slice(from, at + 1));
    }
  }
  return objects;
}
