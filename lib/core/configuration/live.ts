import type { Clock } from '../model/time';
import { knownValues } from './document';
import type { Configuration, ConfigValues } from './keys';
import { type Layers, type Resolved, resolve } from './layers';
import type { ConfigStore, Journalled } from './store';

export interface LiveConfigDeps {
  readonly store: ConfigStore;
  /** What this process knows by itself: its stack, or its file, environment and flags. */
  readonly own: () => Omit<Layers, 'set'>;
  readonly clock: Clock;
  /** How old what is read from the journal may be, milliseconds. */
  readonly ttlMs: number;
  /** Hears that the journal could not be read: what held before holds on. */
  readonly onFailure: (error: unknown) => void;
}

/** The configuration as it is in force, for as long as a process lives. */
export interface LiveConfig {
  readonly current: () => Configuration;
  /** Brings it up to date where it may be out of date. Never fails. */
  readonly refresh: () => Promise<void>;
  /** The same, read now. @throws RepriseError what the journal throws */
  readonly read: () => Promise<Resolved & Pick<Journalled, 'version'> & { readonly set: ConfigValues }>;
  readonly store: ConfigStore;
}

export function createLiveConfig({ store, own, clock, ttlMs, onFailure }: LiveConfigDeps): LiveConfig {
  let current = resolve(own());
  let readAt = Number.NEGATIVE_INFINITY;

  async function read() {
    const { version, state } = await store.read();
    const set = knownValues(state.set ?? {});
    current = resolve({ ...own(), set });
    readAt = clock();
    return { ...current, version, set };
  }

  return {
    store,
    read,
    current: () => current.values,
    async refresh() {
      if (clock() - readAt < ttlMs) return;
      await read().catch(onFailure);
    },
  };
}
