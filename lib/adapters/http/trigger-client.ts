import { type PutEventRequest, type PutEventResponse, putEventResponse } from '../../contract/events';
import {
  type FireTriggerResponse,
  fireTriggerResponse,
  listTriggersResponse,
  type PutTriggerRequest,
  type TriggerSummary,
  type TriggerView,
  triggerView,
} from '../../contract/triggers';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that manages triggers. */
export interface TriggerClient {
  readonly put: (name: string, trigger: PutTriggerRequest) => Promise<TriggerView>;
  readonly list: () => Promise<readonly TriggerSummary[]>;
  readonly get: (name: string) => Promise<TriggerView>;
  readonly pause: (name: string) => Promise<TriggerView>;
  readonly unpause: (name: string) => Promise<TriggerView>;
  /** Answers with the trigger as it was. */
  readonly remove: (name: string) => Promise<TriggerView>;
  /** Never tried again: that could be a second firing. */
  readonly fire: (name: string) => Promise<FireTriggerResponse>;
  /** Only a daemon takes events over HTTP. Give the event an id to have it tried again. */
  readonly putEvent: (event: PutEventRequest) => Promise<PutEventResponse>;
}

export function createTriggerClient(options: ClientOptions): TriggerClient {
  const { retryForMs = 0 } = options;
  const ask = createClientCaller(options);

  const pathOf = (name: string) => `/triggers/${encodeURIComponent(name)}`;
  const change = (name: string, command: string) =>
    ask({ method: 'POST', path: `${pathOf(name)}/${command}`, body: {} }, triggerView);

  return {
    put: (name, body) => ask({ method: 'PUT', path: pathOf(name), body }, triggerView),
    list: async () => (await ask({ method: 'GET', path: '/triggers' }, listTriggersResponse)).triggers,
    get: (name) => ask({ method: 'GET', path: pathOf(name) }, triggerView),
    pause: (name) => change(name, 'pause'),
    unpause: (name) => change(name, 'unpause'),
    remove: (name) => ask({ method: 'DELETE', path: pathOf(name) }, triggerView),
    fire: (name) =>
      ask({ method: 'POST', path: `${pathOf(name)}/fire`, body: {}, forMs: 0 }, fireTriggerResponse),
    putEvent: (body) =>
      ask(
        { method: 'POST', path: '/events', body, forMs: body.id === undefined ? 0 : retryForMs },
        putEventResponse,
      ),
  };
}
