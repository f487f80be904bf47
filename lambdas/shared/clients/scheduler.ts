import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

export const scheduler = once(() => new SchedulerClient(PATIENCE));
