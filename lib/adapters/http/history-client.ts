import {
  type EffectivenessView,
  effectivenessResponse,
  type FlakesView,
  flakesResponse,
  listQuarantinesResponse,
  type PutQuarantineRequest,
  type QuarantineView,
  quarantineRemoved,
  quarantineView,
} from '../../contract/history';
import { type ClientOptions, createClientCaller } from './api-caller';

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
    flakes: () => ask({ method: 'GET', path: '/history/flakes' }, flakesResponse),
    effectiveness({ everyone, slotHourUsd }) {
      const query = new URLSearchParams({
        ...(everyone ? { of: 'everyone' } : {}),
        ...(slotHourUsd === undefined ? {} : { slot_hour_usd: String(slotHourUsd) }),
      });
      return ask({ method: 'GET', path: `/history/effectiveness?${query}` }, effectivenessResponse);
    },
    quarantines: async () =>
      (await ask({ method: 'GET', path: '/quarantines' }, listQuarantinesResponse)).quarantines,
    quarantine: (id, body) => ask({ method: 'PUT', path: `/quarantines/${id}`, body }, quarantineView),
    async unquarantine(id) {
      await ask({ method: 'DELETE', path: `/quarantines/${id}` }, quarantineRemoved);
    },
  };
}
