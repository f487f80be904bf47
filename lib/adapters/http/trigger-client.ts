import type { PutEventRequest, PutEventResponse } from '../../contract/events';
import type {
  FireTriggerResponse,
  PutTriggerRequest,
  TriggerSummary,
  TriggerView,
} from '../../contract/triggers';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

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

  return {
    put: (name, body) => ask('putTrigger', { path: { name }, body }),
    list: () => everyItem(ask, 'listTriggers', {}, ({ triggers }) => triggers),
    get: (name) => ask('getTrigger', { path: { name } }),
    pause: (name) => ask('pauseTrigger', { path: { name }, body: {} }),
    unpause: (name) => ask('unpauseTrigger', { path: { name }, body: {} }),
    remove: (name) => ask('deleteTrigger', { path: { name } }),
    fire: (name) => ask('fireTrigger', { path: { name } }, { forMs: 0 }),
    putEvent: (body) => ask('putEvent', { body }, { forMs: body.id === undefined ? 0 : retryForMs }),
  };
}
