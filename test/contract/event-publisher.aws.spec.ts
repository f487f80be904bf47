import { createEventBridgePublisher } from '../../lib/adapters/aws/events/publisher';
import type { BusEvent } from '../../lib/core/messages/public-event';
import { createBus } from '../support/eventbridge';
import { startTestCloud, type TestCloud } from '../support/ministack';
import { describeEventPublisher } from './event-publisher.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

describeEventPublisher('EventBridge', async () => {
  const { events, busName, listen, received } = await createBus(cloud);
  const heard = async () => (await received()) as BusEvent[];
  return { publisher: createEventBridgePublisher(events, busName), listen, heard };
});
