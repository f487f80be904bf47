import { SFNClient } from '@aws-sdk/client-sfn';
import { once } from '../../runtime/once';

export const sfn = once(() => new SFNClient());
