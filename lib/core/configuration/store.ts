import { isRepriseError, RepriseError } from '../errors';
import { type Actor, EMPTY_HEAD, type Recorded, record, type StreamHead } from '../journal/envelope';
import type { Clock } from '../model/time';
import type { JournalStore } from '../ports/stores';
import { CONFIG_STREAM, type ConfigEvent, type ConfigState, changeConfig, evolveConfig } from './events';
import type { Origin } from './layers';

/** Who changes something, and by which request. */
export interface ConfigCause {
  readonly actor: Actor;
  readonly requestId: string;
  readonly traceId: string;
  readonly reason?: string | undefined;
}

/** What was journalled of the configuration. */
export interface Journalled {
  /** Of the last change; 0 where there was none. */
  readonly version: number;
  readonly state: ConfigState;
}

/** The configuration as its journal has it: that journal is where it is kept, so no change is without its entry. */
export interface ConfigStore {
  readonly read: () => Promise<Journalled>;
  /**
   * Has an origin say this, and nothing else.
   * @param expected the version that the change is made for; any, where it is absent.
   * @throws RepriseError CONFIG_CONFLICT
   */
  readonly change: (
    origin: Exclude<Origin, 'default'>,
    values: Readonly<Record<string, unknown>>,
    cause: ConfigCause,
    expected?: number,
  ) => Promise<Journalled>;
  /** Every change, oldest first. */
  readonly history: () => AsyncIterable<Recorded<ConfigEvent>>;
}

/** How often a change for any version is tried against another one that is made at the same time. */
const MAX_CONFLICTS = 10;

export function createConfigStore(journal: Pick<JournalStore, 'read' | 'append'>, clock: Clock): ConfigStore {
  let [head, state]: [StreamHead, ConfigState] = [EMPTY_HEAD, {}];

  const history = (from = 1) => journal.read(CONFIG_STREAM, from) as AsyncIterable<Recorded<ConfigEvent>>;

  /** Reads what came since. */
  async function read(): Promise<Journalled> {
    for await (const event of history(head.seq + 1)) {
      // Two that read at a time see the same.
      if (event.seq !== head.seq + 1) continue;
      state = evolveConfig(state, event);
      head = { seq: event.seq, hash: event.hash };
    }
    return { version: head.seq, state };
  }

  const change: ConfigStore['change'] = async (origin, values, cause, expected) => {
    for (let conflicts = 0; ; conflicts++) {
      const known = await read();
      if (expected !== undefined && expected !== known.version) throw conflict(expected, known.version);
      const at = head;
      const events = changeConfig(known.state, origin, values, cause.reason);
      if (events.length === 0) return known;
      const { actor, requestId, traceId } = cause;
      const origins = { at: clock(), actor, causeId: requestId, correlationId: CONFIG_STREAM, traceId };
      try {
        await journal.append(CONFIG_STREAM, at, record(CONFIG_STREAM, at, events, origins));
        return await read();
      } catch (error) {
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  };

  return { read, change, history: () => history() };
}

function conflict(expected: number, version: number): RepriseError {
  return new RepriseError(
    'CONFIG_CONFLICT',
    `the configuration has version ${version}, and the change was made for ${expected}: read it again and repeat the change`,
    { context: { expected, version } },
  );
}
