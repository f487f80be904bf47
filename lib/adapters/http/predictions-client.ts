import type { PredictionView, WorkerStatusView } from '../../contract/predictions';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that shows how workers are, and what may be about to fail. */
export interface PredictionsClient {
  readonly workers: (pool: string) => Promise<readonly WorkerStatusView[]>;
  readonly predictions: () => Promise<readonly PredictionView[]>;
}

export function createPredictionsClient(options: ClientOptions): PredictionsClient {
  const ask = createClientCaller(options);
  return {
    workers: async (pool) => (await ask('listWorkers', { query: { pool } })).workers,
    predictions: async () => (await ask('listPredictions', {})).predictions,
  };
}
