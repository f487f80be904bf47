import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

/** The URLs of the local cloud's queues name a host that only its own machine knows: they are not endpoints. */
export const sqs = once(() => new SQSClient({ ...PATIENCE, useQueueUrlAsEndpoint: false }));
