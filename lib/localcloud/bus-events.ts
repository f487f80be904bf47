export interface BusEvent {
  readonly type: string;
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Peeked {
  readonly messages: Record<string, Record<string, Record<string, readonly { readonly Body: string }[]>>>;
}

/**
 * The events that the bus handed to the queue `notifications`, oldest first. MiniStack shows them without receiving
 * them, so a consumer still gets each.
 * @returns undefined where the local cloud has no such view.
 */
export async function busEvents(
  endpoint: string,
  notificationsQueueUrl: string,
): Promise<BusEvent[] | undefined> {
  const url = `${endpoint}/_ministack/sqs/messages?QueueUrl=${encodeURIComponent(notificationsQueueUrl)}`;
  const response = await fetch(url).catch(() => undefined);
  if (response?.status !== 200) return undefined;
  const { messages } = (await response.json()) as Peeked;
  const bodies = Object.values(messages).flatMap((regions) =>
    Object.values(regions).flatMap(Object.values).flat(),
  );
  return bodies.map(({ Body }) => {
    const event = JSON.parse(Body) as {
      'detail-type': string;
      time: string;
      detail: Record<string, unknown>;
    };
    return { type: event['detail-type'], at: event.time, detail: event.detail };
  });
}
