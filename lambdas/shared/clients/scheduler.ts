import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { once } from '../../runtime/once';

export const scheduler = once(() => new SchedulerClient());
