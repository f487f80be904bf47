import { isRepriseError } from '../errors';
import { type Delivery, jobAt, targetAt } from '../messages/address';
import type { Origin } from '../messages/envelope';
import type { PublicEvent } from '../messages/public-event';
import type { Parameters } from '../model/parameters';
import { asksForParameters, fanOut } from '../notify/fan-out';
import type { Notifications } from '../notify/rules';
import type { StreamReader } from '../ports/streams';

export interface NotifyingDeps {
  readonly config: () => Promise<Notifications>;
  readonly streams: StreamReader<'job'>;
  /** Tells a target of it, or has it told. */
  readonly tell: (delivery: Delivery<'target'>, origin: Origin) => Promise<unknown>;
}

/** Tells every target that the rules name for this event. Done again, it changes nothing. */
export async function notifyAll(deps: NotifyingDeps, event: PublicEvent): Promise<void> {
  const config = await deps.config();
  if (config.rules.length === 0) return;
  const parameters = asksForParameters(config) ? await parametersOf(deps, event) : {};
  await Promise.all(
    fanOut(config, event, parameters).map(({ target, notice, telling }) => {
      const origin = { id: `event/${event.id}`, actor: { kind: 'engine', id: 'event-bus' } as const };
      return deps.tell({ to: targetAt(target), message: { type: 'notify', notice, telling } }, origin);
    }),
  );
}

/** What the job of an event was told; nothing where it has none, or is gone. */
async function parametersOf(
  { streams }: Pick<NotifyingDeps, 'streams'>,
  { detail: { jobId } }: PublicEvent,
): Promise<Parameters> {
  if (typeof jobId !== 'string') return {};
  try {
    return (await streams.view(jobAt(jobId))).state.submitted?.parameters ?? {};
  } catch (error) {
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return {};
    throw error;
  }
}
