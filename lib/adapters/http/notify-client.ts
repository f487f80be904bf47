import type { TargetSummary, TargetView } from '../../contract/notifications';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

/** The part of the REST API that is about targets of notifications. */
export interface NotifyClient {
  readonly list: () => Promise<readonly TargetSummary[]>;
  readonly get: (name: string) => Promise<TargetView>;
  /** Sends a sample. */
  readonly test: (name: string) => Promise<TargetView>;
  readonly acknowledge: (name: string, alert: string) => Promise<TargetView>;
  /** Sends again what could not be sent: all of it, where nothing is named. */
  readonly redrive: (name: string, deliveries?: readonly string[]) => Promise<TargetView>;
}

export function createNotifyClient(options: ClientOptions): NotifyClient {
  const ask = createClientCaller(options);
  return {
    list: () => everyItem(ask, 'listTargets', {}, ({ targets }) => targets),
    get: (name) => ask('getTarget', { path: { name } }),
    test: (name) => ask('testTarget', { path: { name } }),
    acknowledge: (name, alert) => ask('acknowledgeAlert', { path: { name }, body: { alert } }),
    redrive: (name, deliveries) =>
      ask('redriveTarget', { path: { name }, body: deliveries ? { deliveries } : {} }),
  };
}
