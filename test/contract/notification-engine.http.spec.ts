import { createNotificationClient } from '../../lib/adapters/http/notification-client';
import { startNotificationServer } from '../support/notification-server';
import { describeNotificationEngine } from './notification-engine.contract';

describeNotificationEngine('over HTTP', async () => {
  const system = await startNotificationServer('hush');
  const engine = createNotificationClient({ url: `${system.url}/`, token: 'hush', timeoutMs: 5_000 });
  return { engine, system };
});
