import type { ConfigHistory, ConfigView } from '../../contract/config';
import type { ConfigEvent } from '../../core/configuration/events';
import { CONFIG_KEY_NAMES } from '../../core/configuration/keys';
import type { LiveConfig } from '../../core/configuration/live';
import type { Recorded } from '../../core/journal/envelope';
import { present } from '../../core/model/present';
import { timeOf } from './time';

export function configBody(read: Awaited<ReturnType<LiveConfig['read']>>): ConfigView {
  const { version, set, values, origins } = read;
  const keys = CONFIG_KEY_NAMES.map((key) => ({ key, value: values[key], origin: origins[key] }));
  return { version, set, keys };
}

export function configChange({
  seq,
  at,
  actor,
  data,
}: Recorded<ConfigEvent>): ConfigHistory['changes'][number] {
  const { origin, changes, reason } = data;
  return {
    version: seq,
    at: timeOf(at),
    by: actor.id,
    origin,
    ...present({ reason }),
    changes: changes.map((change) => ({ ...change })),
  };
}
