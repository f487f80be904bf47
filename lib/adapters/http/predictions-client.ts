import type { PredictionView, WorkerStatusView } from '../../contract/predictions';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

/** The part of the REST API about how workers are, and what may be about to fail. */
export interface PredictionsClient {
  readonly workers: (pool: string) => Promise<readonly WorkerStatusView[]>;
  readonly predictions: () => Promise<readonly PredictionView[]>;
  /** Keeps a worker off new work; what it runs goes on. */
  readonly cordon: (workerId: string, request: { pool: string; reason: string }) => Promise<void>;
  readonly uncordon: (workerId: string, request: { pool: string }) => Promise<void>;
}

export function createPredictionsClient(options: ClientOptions): PredictionsClient {
  const ask = createClientCaller(options);
  return {
    workers: (pool) => everyItem(ask, 'listWorkers', { query: { pool } }, ({ workers }) => workers),
    predictions: () => everyItem(ask, 'listPredictions', {}, ({ predictions }) => predictions),
    async cordon(workerId, body) {
      await ask('cordonWorker', { path: { workerId }, body });
    },
    async uncordon(workerId, body) {
      await ask('uncordonWorker', { path: { workerId }, body });
    },
  };
}
