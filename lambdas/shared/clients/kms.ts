import { KMSClient } from '@aws-sdk/client-kms';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

export const kms = once(() => new KMSClient(PATIENCE));
