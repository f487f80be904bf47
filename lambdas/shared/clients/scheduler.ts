import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { once } from '../once';

export const scheduler = once(() => new SchedulerClient());
