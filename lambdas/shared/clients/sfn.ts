import { SFNClient } from '@aws-sdk/client-sfn';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

export const sfn = once(() => new SFNClient(PATIENCE));
