import type { HealthView } from '../../contract/health';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that says how the engine is. */
export interface HealthClient {
  /** Of an engine that cannot serve, too. */
  readonly get: () => Promise<HealthView>;
}

export function createHealthClient(options: ClientOptions): HealthClient {
  const ask = createClientCaller(options);
  return { get: () => ask('getHealth', {}) };
}
