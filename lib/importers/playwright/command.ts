import { shellWord } from '../../core/dag/shell/word';
import type { PlaywrightConfig } from './schema';

/** Shards and the report meet here. By job, so that what an earlier job left is not merged in. */
const BLOBS = 'blob-report/${REPRISE_JOB:-local}';

/** File names by which Playwright finds its configuration without being told. */
const USUAL_CONFIG = /^playwright\.config\.[mc]?[jt]s$/;

/**
 * A blob of its own for each shard, and a directory of its own for traces: Playwright empties the directory that it
 * writes to, and shards may run side by side on one machine.
 */
export function shardCommand(shard: number, patterns: readonly string[], config: string | undefined): string {
  return [
    `PLAYWRIGHT_BLOB_OUTPUT_FILE="${BLOBS}/shard-${shard}.zip" npx playwright test`,
    ...configFlag(config),
    `--reporter=blob --output=test-results/shard-${shard}`,
    ...patterns.map(shellWord),
  ].join(' ');
}

/**
 * After a failure the HTML reporter would serve its page, and never end.
 * @see https://playwright.dev/docs/test-sharding#merging-reports-from-multiple-shards
 */
export function mergeCommand(config: string | undefined): string {
  return [
    'PLAYWRIGHT_HTML_OPEN=never npx playwright merge-reports',
    ...configFlag(config),
    `--reporter=html "${BLOBS}"`,
  ].join(' ');
}

function configFlag(config: string | undefined): string[] {
  return config === undefined ? [] : [shellWord(`--config=${config}`)];
}

export interface ProjectLayout {
  /** Where the tests are, seen from the configuration; empty when that is the same folder or not known. */
  readonly prefix: string;
  /** The configuration's file name, when Playwright has to be told it. */
  readonly config: string | undefined;
}

/** Where Playwright is started and where its tests are, without the paths of the machine that wrote the report. */
export function layoutOf(config: PlaywrightConfig | null | undefined): ProjectLayout {
  const file = config?.configFile?.replaceAll('\\', '/');
  const root = config?.rootDir?.replaceAll('\\', '/').replace(/\/$/, '');
  if (!file || !root) return { prefix: '', config: undefined };
  const slash = file.lastIndexOf('/');
  const home = file.slice(0, slash + 1);
  const base = file.slice(slash + 1);
  return {
    prefix: home !== '' && root.startsWith(home) ? `${root.slice(home.length)}/` : '',
    config: USUAL_CONFIG.test(base) ? undefined : base,
  };
}

/**
 * What picks exactly this file on Playwright's command line, where an argument is a regular expression, without
 * regard to case, that is looked for anywhere in the path: the path itself as long as that picks no other file.
 */
export function filePattern(path: string, all: readonly string[]): string {
  const isPlain = /^[\w./@ -]+$/.test(path);
  const wanted = path.toLowerCase();
  const isAmbiguous = all.some((other) => other !== path && other.toLowerCase().includes(wanted));
  if (isPlain && !isAmbiguous) return path;
  return `/${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}
