import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { RepriseError } from '../../../core/errors';
import type { PublicEvent } from '../../../core/messages/public-event';
import { busDetail, EVENT_SOURCE } from '../../../core/messages/public-event';
import { spanIdOf, traceOfJob, xrayHeaderOf } from '../../../core/model/trace';
import type { EventPublisher } from '../../../core/ports/effects';
import { upstream } from '../aws-errors';
import { createTickBatcher } from '../tick-batcher';

/** EventBridge takes 10 entries and 256 KB a call; the rest is room for the envelope. */
const LIMITS = { items: 10, bytes: 200_000, parallel: 4 };

/** What is told of a job goes on with its trace. */
function traceHeader({ jobId, traceId }: PublicEvent['detail']): { readonly TraceHeader?: string } {
  if (typeof jobId !== 'string' || typeof traceId !== 'string') return {};
  const trace = traceOfJob(traceId, jobId);
  return { TraceHeader: xrayHeaderOf({ traceId: trace.traceId, spanId: spanIdOf(jobId) }) };
}

/** Publishes on the engine's bus: source `reprise`, detail-type the event's type, `detail.id` the same at a repeat. */
export function createEventBridgePublisher(client: EventBridgeClient, busName: string): EventPublisher {
  const entryOf = (event: PublicEvent) => ({
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Time: new Date(event.at),
    Detail: JSON.stringify(busDetail(event)),
    ...traceHeader(event.detail),
  });
  type Entry = ReturnType<typeof entryOf>;
  const limits = { ...LIMITS, bytesOf: ({ Detail }: Entry) => Buffer.byteLength(Detail) };
  const send = createTickBatcher<Entry>(limits, async (entries) => {
    const command = new PutEventsCommand({ Entries: [...entries] });
    const { Entries } = await upstream('EventBridge publish', () => client.send(command));
    return entries.map((_, i) => {
      const { ErrorCode, ErrorMessage } = Entries?.[i] ?? {};
      if (ErrorCode === undefined) return undefined;
      return new RepriseError(
        'UPSTREAM_UNAVAILABLE',
        `EventBridge did not take an event: ${ErrorCode} ${ErrorMessage}`,
      );
    });
  });
  return { publish: (event) => send(entryOf(event)) };
}
