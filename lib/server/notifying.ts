import type { Outside } from '../adapters/embedded/runtime/outside';
import type { LocalTriggers } from '../adapters/embedded/triggers/triggers';
import { realTimer } from '../adapters/system';
import { deliverOnce } from '../core/engine/delivering';
import { notifyAll } from '../core/engine/notifying';
import type { PublicEvent } from '../core/messages/public-event';
import type { Clock } from '../core/model/time';
import type { Notifications } from '../core/notify/rules';
import type { Notifier } from '../core/ports/effects';
import type { Deliverer } from '../core/ports/notifications';
import type { StreamAsker, StreamReader, StreamSender } from '../core/ports/streams';

/** Whom a daemon tells of what happens, and how. */
export interface NotifyingOptions {
  readonly rules: Notifications;
  readonly deliverer: Deliverer;
  /** Says what goes wrong. */
  readonly warn: (message: string) => void;
}

const EMPTY: Notifications = { targets: {}, rules: [] };

const NOBODY: NotifyingOptions = {
  rules: EMPTY,
  deliverer: { deliver: async () => Promise.reject(new Error('nobody is to be told of anything')) },
  warn: () => undefined,
};

export interface NotifyingDeps extends Partial<NotifyingOptions>, StreamReader {
  readonly clock: Clock;
}

/** The notifications of a daemon. */
export interface Notifying extends Notifier {
  readonly rules: Notifications;
  /** Resolves once the targets that are told of the event have journalled it. */
  readonly publish: (event: PublicEvent) => Promise<void>;
  /** Waits a little for what is under way; what does not end is tried again by the next daemon. */
  readonly close: () => Promise<void>;
}

/** How long a daemon that ends waits for receivers, milliseconds. */
const LAST_WAIT_MS = 2_000;

export function createNotifying(
  { ask, send }: StreamAsker & StreamSender,
  { clock, view, ...options }: NotifyingDeps,
): Notifying {
  const { rules, deliverer, warn } = { ...NOBODY, ...options };
  const streams = { send, view };
  const underWay = new Set<Promise<void>>();
  const config = async () => rules;
  const say = (message: string, context?: object) =>
    warn(context === undefined ? message : `${message} ${JSON.stringify(context)}`);
  const log = { info: () => undefined, warn: say, error: say };
  return {
    rules,
    publish: (event) => notifyAll({ config, streams, tell: ask }, event),
    // A receiver may be slow, and the engine has other things to do.
    async deliver(ref) {
      const delivery = deliverOnce({ streams, config, deliverer, clock, log }, ref)
        .catch((error: unknown) => say('a notification was not tried', { error: String(error) }))
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async close() {
      const ended = Promise.allSettled([...underWay]);
      await new Promise<void>((resolve) => {
        const cancel = realTimer(resolve, LAST_WAIT_MS);
        void ended.then(() => {
          cancel();
          resolve();
        });
      });
    },
  };
}

/** Where events go: to triggers, and to whoever is notified. */
export function outsideOf(triggers: LocalTriggers, notifying: Notifying): Outside {
  return {
    ...triggers,
    deliver: notifying.deliver,
    async publish(event) {
      await Promise.all([triggers.publish(event), notifying.publish(event)]);
    },
  };
}
