import { LambdaClient } from '@aws-sdk/client-lambda';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

export const lambda = once(() => new LambdaClient(PATIENCE));
