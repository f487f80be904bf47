import type { Recorded } from '../journal/envelope';
import type { Origin } from './layers';

/** The kind and the name of the one stream: what the configuration was is as durable, and as hard to change, as what jobs did. */
export const CONFIG_KIND = 'config';
export const CONFIG_STREAM = `${CONFIG_KIND}/main`;

/** One key: absent before, it was not said there; absent after, it is no longer. */
export interface ConfigChange {
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Everything that can happen to the configuration. Who did it, the entry of the event says. */
export type ConfigEvent = {
  readonly type: 'config.changed';
  readonly data: {
    readonly origin: Exclude<Origin, 'default'>;
    readonly changes: readonly ConfigChange[];
    readonly reason?: string;
  };
};

/** What each origin said last, as it is journalled, by key. */
export type ConfigState = Readonly<Partial<Record<Origin, Readonly<Record<string, unknown>>>>>;

export function evolveConfig(state: ConfigState, { data }: ConfigEvent | Recorded<ConfigEvent>): ConfigState {
  const layer = { ...state[data.origin] };
  for (const { key, after } of data.changes) {
    if (after === undefined) delete layer[key];
    else layer[key] = after;
  }
  return { ...state, [data.origin]: layer };
}

/** What has to happen for an origin to say this; nothing where it does. */
export function changeConfig(
  state: ConfigState,
  origin: Exclude<Origin, 'default'>,
  values: Readonly<Record<string, unknown>>,
  reason?: string,
): ConfigEvent[] {
  const before = state[origin] ?? {};
  const keys = [...new Set([...Object.keys(before), ...Object.keys(values)])].sort();
  const changes = keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(values[key]))
    .map((key) => ({
      key,
      ...(before[key] === undefined ? {} : { before: before[key] }),
      ...(values[key] === undefined ? {} : { after: values[key] }),
    }));
  if (changes.length === 0) return [];
  return [{ type: 'config.changed', data: { origin, changes, ...(reason === undefined ? {} : { reason }) } }];
}
