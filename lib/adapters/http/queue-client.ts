import type * as z from 'zod';
import type { AnswerOf, RequestOf } from '../../client/caller';
import type { listQueuesResponse, QueueView } from '../../contract/queues';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

export type QueueSummary = z.infer<typeof listQueuesResponse>['queues'][number];
export type QueueChange = RequestOf<'changeQueue'>['body'];

/** The part of the REST API about the queues of pools. */
export interface QueueClient {
  readonly list: () => Promise<readonly QueueSummary[]>;
  readonly get: (pool: string) => Promise<QueueView>;
  /** What is left out stays as it is. */
  readonly change: (pool: string, change: QueueChange) => Promise<AnswerOf<'changeQueue'>>;
}

export function createQueueClient(options: ClientOptions): QueueClient {
  const ask = createClientCaller(options);
  return {
    list: () => everyItem(ask, 'listQueues', {}, ({ queues }) => queues),
    get: (pool) => ask('getQueue', { path: { pool } }),
    change: (pool, body) => ask('changeQueue', { path: { pool }, body }),
  };
}
