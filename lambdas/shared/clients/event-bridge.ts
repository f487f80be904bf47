import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { once } from '../../runtime/once';

export const eventBridge = once(() => new EventBridgeClient());
