import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

export const eventBridge = once(() => new EventBridgeClient(PATIENCE));
