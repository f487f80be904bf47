import type { Notifier } from '../../../core/ports/effects';
import type { SendMessage } from './sender';

/**
 * Hands deliveries to the queue `deliveries`, so that a slow receiver holds up nothing but its own message.
 * @param sender asked for when there is something to send: most functions have nothing to tell anybody.
 */
export function createSqsNotifier(sender: () => SendMessage): Notifier {
  return { deliver: (delivery) => sender()({ body: delivery }) };
}
