import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Recorded } from '../../../core/journal/envelope';
import { addressOf } from '../../../core/messages/address';
import { traceNamed, traceOfJob } from '../../../core/model/trace';
import type { TraceIndex } from '../../../core/ports/traces';
import { upstream } from '../aws-errors';
import { traceKey } from './keys';

/** How long an id is found by itself; by its job it is for as long as the journal is kept. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Of one append, as its transaction has room for no more. People give commands one by one. */
const MOST_ITEMS = 8;

/** Streams that an answer names: who uses one id for more is shown the first ones. */
const MOST_PLACES = 100;

/**
 * Items that lead from ids to a stream, written with its events: the trace that a job begins in, under the name that its caller
 * gave it and the one that OpenTelemetry has; and each call that caused something.
 */
export function traceItems(stream: string, events: readonly Recorded[]): Record<string, unknown>[] {
  const items = new Map<string, Record<string, unknown>>();
  for (const { seq, at, traceId, correlationId } of events) {
    const { kind, id: jobId } = addressOf(stream);
    const traces = kind === 'job' && seq === 1 ? [traceId, traceOfJob(traceId, jobId).traceId] : [];
    const calls = correlationId === stream ? [] : [correlationId];
    for (const id of [...traces, ...calls]) {
      if (items.has(id)) continue;
      items.set(id, { pk: traceKey(id), sk: stream, seq, ttl: Math.ceil((at + KEPT_MS) / 1_000) });
    }
  }
  return [...items.values()].slice(0, MOST_ITEMS);
}

export function createTraceIndex(client: DynamoDBDocumentClient, tableName: string): TraceIndex {
  async function under(id: string) {
    const command = new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': traceKey(id) },
      Limit: MOST_PLACES,
    });
    const { Items = [] } = await upstream('DynamoDB query', () => client.send(command));
    return Items.map(({ sk, seq }) => ({ stream: String(sk), seq: Number(seq) }));
  }
  return {
    async places(id) {
      const named = traceNamed(id)?.traceId ?? id;
      const found = await Promise.all([...new Set([id, named])].map(under));
      return found.flat();
    },
  };
}
