import {
  listWorkersResponse,
  type PredictionView,
  predictionsResponse,
  type WorkerStatusView,
} from '../../contract/predictions';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that shows how workers are, and what may be about to fail. */
export interface PredictionsClient {
  readonly workers: (pool: string) => Promise<readonly WorkerStatusView[]>;
  readonly predictions: () => Promise<readonly PredictionView[]>;
}

export function createPredictionsClient(options: ClientOptions): PredictionsClient {
  const ask = createClientCaller(options);
  return {
    workers: async (pool) => {
      const path = `/workers?pool=${encodeURIComponent(pool)}`;
      return (await ask({ method: 'GET', path }, listWorkersResponse)).workers;
    },
    predictions: async () =>
      (await ask({ method: 'GET', path: '/health/predictions' }, predictionsResponse)).predictions,
  };
}
