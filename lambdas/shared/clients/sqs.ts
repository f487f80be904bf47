import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

/** The URLs of the local cloud's queues name a host that only its own machine knows: they are not endpoints. */
export const sqs = once(() => new SQSClient({ ...PATIENCE, useQueueUrlAsEndpoint: false }));

/**
 * Tries a call once. A send that is tried again as its answer was lost puts a message into a standard queue twice, with one
 * text: of a letter nobody could tell the second from one that was redriven.
 */
export const sqsOnce = once(
  () => new SQSClient({ ...PATIENCE, maxAttempts: 1, useQueueUrlAsEndpoint: false }),
);
