import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ulid } from 'ulid';
import { unreadable } from '../adapters/embedded/disk/file-error';
import { hasCode } from '../adapters/embedded/disk/has-code';
import { parseConfigFile, parseConfigValue } from '../core/configuration/document';
import { CONFIG_KEY_NAMES, type ConfigValues, variableOf } from '../core/configuration/keys';
import { createLiveConfig, type LiveConfig } from '../core/configuration/live';
import { createConfigStore } from '../core/configuration/store';
import { isRepriseError } from '../core/errors';
import type { Clock } from '../core/model/time';
import type { JournalStore } from '../core/ports/stores';

export interface DaemonConfigOptions {
  /** The file, which need not be there. */
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What the options of the command say. */
  readonly flags: ConfigValues;
}

export interface DaemonConfigDeps extends DaemonConfigOptions {
  readonly journal: Pick<JournalStore, 'read' | 'append'>;
  /** Whose the daemon is. */
  readonly owner: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** The configuration of a daemon. */
export interface DaemonConfig extends LiveConfig {
  /** Reads the file again; one that is wrong leaves what holds, and is said. */
  readonly reload: () => Promise<void>;
  /** Reads the file again whenever it changes, and at SIGHUP. The result ends it. */
  readonly follow: () => () => void;
}

/** Editors write a file in several steps, milliseconds. */
const SETTLE_MS = 100;

/**
 * What file, environment and options say, journalled where it differs from what they said last.
 * @throws RepriseError INPUT_INVALID where something of it is wrong: a daemon does not start with it
 */
export async function openDaemonConfig(deps: DaemonConfigDeps): Promise<DaemonConfig> {
  const { file, environment, flags, journal, owner, clock, warn } = deps;
  const store = createConfigStore(journal, clock);
  const fixed = { environment: configOfEnvironment(environment), flag: flags };
  let layer = readConfigFile(file);
  const live = createLiveConfig({
    ...{ store, clock, ttlMs: Number.POSITIVE_INFINITY },
    own: () => ({ ...fixed, file: layer }),
    onFailure: (error) => warn(`the configuration cannot be read: ${(error as Error).message}`),
  });

  async function note(origin: 'file' | 'environment' | 'flag', values: ConfigValues): Promise<void> {
    const id = ulid();
    await store.change(origin, values, { actor: { kind: 'user', id: owner }, requestId: id, traceId: id });
  }

  async function reload(): Promise<void> {
    try {
      const next = readConfigFile(file);
      if (JSON.stringify(next) === JSON.stringify(layer)) return;
      // In the journal before it holds.
      await note('file', next);
      layer = next;
      await live.read();
      warn(`${file} is in force`);
    } catch (error) {
      warn(`the configuration stays as it is: ${messageOf(error)}`);
    }
  }

  await note('file', layer);
  await note('environment', fixed.environment);
  await note('flag', flags);
  await live.read();
  return { ...live, reload, follow: () => follow(file, reload, warn) };
}

/** One after the other: what changes meanwhile is read once more. */
function follow(file: string, reload: () => Promise<void>, warn: (message: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let reading = Promise.resolve();
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reading = reading.then(reload);
    }, SETTLE_MS);
    timer.unref();
  };
  process.on('SIGHUP', again);
  const watcher = watching(file, again, warn);
  return () => {
    clearTimeout(timer);
    process.off('SIGHUP', again);
    watcher?.close();
  };
}

/** A file that is replaced is another one: its directory is watched. */
function watching(file: string, onChange: () => void, warn: (message: string) => void) {
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
      if (name === null || name === basename(file)) onChange();
    });
    watcher.on('error', (error) => warn(`${file} is no longer watched (${error.message}): send SIGHUP`));
    return watcher;
  } catch (error) {
    warn(`${file} is not watched (${(error as Error).message}): send SIGHUP once it has changed`);
    return undefined;
  }
}

/** What a file says; nothing where there is none. @throws RepriseError INPUT_INVALID */
export function readConfigFile(file: string): ConfigValues {
  try {
    return parseConfigFile(readFileSync(file, 'utf8'), basename(file));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    if (isRepriseError(error)) throw error;
    throw unreadable(file, error);
  }
}

/** What variables such as `REPRISE_RETRIES_EXPLORE` say. @throws RepriseError INPUT_INVALID */
export function configOfEnvironment(environment: NodeJS.ProcessEnv): ConfigValues {
  const values = CONFIG_KEY_NAMES.map((key) => {
    const text = environment[variableOf(key)];
    return text === undefined || text === '' ? {} : parseConfigValue(key, text, variableOf(key));
  });
  return Object.assign({}, ...values);
}

/** A problem for each line. */
function messageOf(error: unknown): string {
  if (!isRepriseError(error) || error.problems.length < 2) return (error as Error).message;
  return [error.message, ...error.problems.map(({ message }) => `  ${message}`)].join('\n');
}
