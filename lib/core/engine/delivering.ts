import { isRepriseError, isRetryable, type RepriseError } from '../errors';
import { LIMITS } from '../limits';
import { targetAt } from '../messages/address';
import type { DeliveryRef } from '../messages/effect';
import type { TargetMessage } from '../messages/target';
import { present } from '../model/present';
import type { Clock } from '../model/time';
import type { Notifications } from '../notify/rules';
import type { Log } from '../ports/log';
import type { Deliverer, Outgoing } from '../ports/notifications';
import type { StreamReader, StreamSender } from '../ports/streams';

export interface DeliveringDeps {
  readonly streams: StreamReader<'target'> & StreamSender;
  readonly config: () => Promise<Notifications>;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tries one delivery and tells its target how that came out. One that is not under way any more is left. */
export async function deliverOnce(deps: DeliveringDeps, ref: DeliveryRef): Promise<void> {
  const { target, deliveryId, attempt } = ref;
  const to = targetAt(target);
  const { state } = await deps.streams.view(to);
  const delivery = state.queue.find(({ id }) => id === deliveryId);
  const { underWay } = state;
  if (!delivery || underWay?.deliveryId !== deliveryId || underWay.attempt !== attempt) return;
  const { notices, more } = delivery;
  const message = await outcomeOf(deps, ref, { id: deliveryId, notices, more, at: deps.clock() });
  // A delivery that a person has had tried again counts its tries anew.
  const id = `${target}/${deliveryId}/${attempt}/${underWay.until}`;
  await deps.streams.send({ to, message }, { id, actor: { kind: 'engine', id: 'notifier' } });
}

async function outcomeOf(
  { config, deliverer, log }: DeliveringDeps,
  { target, deliveryId, attempt }: DeliveryRef,
  outgoing: Outgoing,
): Promise<TargetMessage> {
  const tried = { deliveryId, attempt };
  const { targets } = await config();
  const definition = Object.hasOwn(targets, target) ? targets[target] : undefined;
  const shortened = (text: string, most: number) => text.slice(0, most);
  if (!definition) {
    const why = `the rules have no target ${target} any more`;
    return { type: 'failed', ...tried, to: target, why, retryable: false };
  }
  try {
    const { to } = await deliverer.deliver(definition, outgoing);
    return { type: 'delivered', ...tried, to: shortened(to, LIMITS.noticeFact) };
  } catch (error) {
    const { message, context } = asOurs(error);
    const retryable = isRetryable(error) || !isRepriseError(error);
    const retryAfterMs = context['retryAfterMs'] as number | undefined;
    const why = shortened(message, LIMITS.reasonLength);
    log.warn('a notification was not delivered', { target, deliveryId, attempt, why, retryable });
    return { type: 'failed', ...tried, to: target, why, retryable, ...present({ retryAfterMs }) };
  }
}

/** An error that is not ours may quote what is secret, such as an address: it is named and not quoted. */
function asOurs(error: unknown): Pick<RepriseError, 'message' | 'context'> {
  if (isRepriseError(error)) return error;
  return { message: `it failed with ${(error as Error | undefined)?.name ?? 'an error'}`, context: {} };
}
