import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey, type Configuration, type ConfigValues } from './keys';

/** Where values come from; each is laid over those before it. `stack` is the deployment, `set` what people set meanwhile. */
export const ORIGINS = ['default', 'stack', 'file', 'set', 'environment', 'flag'] as const;
export type Origin = (typeof ORIGINS)[number];

/** What each origin says. One that a runtime has not is absent. */
export type Layers = { readonly [O in Exclude<Origin, 'default'>]?: ConfigValues };

export interface Resolved {
  readonly values: Configuration;
  readonly origins: Readonly<Record<ConfigKey, Origin>>;
}

/** A value counts as a whole: a list or a map of a later layer takes the place of an earlier one. */
export function resolve(layers: Layers): Resolved {
  const resolved = CONFIG_KEY_NAMES.map((key) => {
    const origin = [...ORIGINS]
      .reverse()
      .find((each) => each === 'default' || layers[each]?.[key] !== undefined);
    const layer = origin === undefined || origin === 'default' ? undefined : layers[origin];
    return { key, origin: origin ?? 'default', value: layer?.[key] ?? CONFIG_KEYS[key].default };
  });
  return {
    values: Object.fromEntries(resolved.map(({ key, value }) => [key, value])) as Configuration,
    origins: Object.fromEntries(resolved.map(({ key, origin }) => [key, origin])) as Resolved['origins'],
  };
}

/** What holds where nobody says anything. */
export const asByDefault: () => Configuration = fixed({});

/** A configuration that does not change. */
export function fixed(values: ConfigValues): () => Configuration {
  const resolved = resolve({ flag: values });
  return () => resolved.values;
}
