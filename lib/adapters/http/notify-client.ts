import {
  listTargetsResponse,
  type TargetSummary,
  type TargetView,
  targetView,
} from '../../contract/notifications';
import { type ClientOptions, createClientCaller } from './api-caller';

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
  const pathOf = (name: string) => `/notifications/${encodeURIComponent(name)}`;
  const change = (name: string, how: string, body: object) =>
    ask({ method: 'POST', path: `${pathOf(name)}/${how}`, body }, targetView);
  return {
    list: async () => (await ask({ method: 'GET', path: '/notifications' }, listTargetsResponse)).targets,
    get: (name) => ask({ method: 'GET', path: pathOf(name) }, targetView),
    test: (name) => change(name, 'test', {}),
    acknowledge: (name, alert) => change(name, 'acknowledge', { alert }),
    redrive: (name, deliveries) => change(name, 'redrive', deliveries ? { deliveries } : {}),
  };
}
