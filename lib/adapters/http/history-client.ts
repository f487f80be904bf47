import type {
  EffectivenessView,
  FlakesView,
  PutQuarantineRequest,
  QuarantineView,
} from '../../contract/history';
import { present } from '../../core/model/present';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

/** Which retries a report is about. */
export interface EffectivenessQuestion {
  /** Of the whole deployment, which administrators may ask for. */
  readonly everyone: boolean;
  readonly slotHourUsd: number | undefined;
}

/** The part of the REST API about what jobs measured. */
export interface HistoryClient {
  readonly flakes: () => Promise<FlakesView>;
  readonly effectiveness: (question: EffectivenessQuestion) => Promise<EffectivenessView>;
  readonly quarantines: () => Promise<readonly QuarantineView[]>;
  readonly quarantine: (id: string, request: PutQuarantineRequest) => Promise<QuarantineView>;
  readonly unquarantine: (id: string) => Promise<void>;
}

export function createHistoryClient(options: ClientOptions): HistoryClient {
  const ask = createClientCaller(options);
  return {
    flakes: () => ask('getFlakes', {}),
    effectiveness({ everyone, slotHourUsd }) {
      const query = {
        ...(everyone && { of: 'everyone' as const }),
        ...present({ slot_hour_usd: slotHourUsd }),
      };
      return ask('getEffectiveness', { query });
    },
    quarantines: () => everyItem(ask, 'listQuarantines', {}, ({ quarantines }) => quarantines),
    quarantine: (id, body) => ask('putQuarantine', { path: { id }, body }),
    async unquarantine(id) {
      await ask('deleteQuarantine', { path: { id } });
    },
  };
}
