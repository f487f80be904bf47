import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { present } from '../../../core/model/present';
import type { Beat, Heartbeat, RegisteredWorker, WorkerRegistry } from '../../../core/ports/registries';
import { BEATS_KEPT } from '../../../core/recovery/detector';
import { unlessRefused, upstream } from '../aws-errors';
import { createJointReads } from './joint-reads';
import { workersKey } from './keys';

/** One that registered before there was a subject is anybody's. */
const IS_THEIRS = 'attribute_not_exists(registeredBy) OR registeredBy = :subject';

export function createWorkerRegistry(client: DynamoDBDocumentClient, TableName: string): WorkerRegistry {
  const keyOf = (poolId: string, workerId: string) => ({ pk: workersKey(poolId), sk: workerId });
  const read = createJointReads(client, TableName);

  return {
    async register(poolId, worker, { subject, at, due }) {
      const state = {
        lastSeenAt: at,
        dueAt: due,
        beats: filled({ at, due }),
        running: 0,
        registeredBy: subject,
      };
      const command = new PutCommand({
        TableName,
        Item: { ...keyOf(poolId, worker.workerId), ...worker, ...state },
        ConditionExpression: `attribute_not_exists(pk) OR ${IS_THEIRS}`,
        ExpressionAttributeValues: { ':subject': subject },
        ReturnValues: 'ALL_OLD',
      });
      const written = await before(() => client.send(command));
      return written && present({ replaced: written.worker?.registration });
    },
    async heartbeat(poolId, workerId, beat) {
      const item = { TableName, Key: keyOf(poolId, workerId) };
      // Two writes only where an earlier version registered it, or a heartbeat is not to be taken at all.
      const beaten = (place: 'first' | 'next') =>
        before(() => client.send(heartbeatUpdate(item, beat, place)));
      return ((await beaten('next')) ?? (await beaten('first')))?.worker;
    },
    async find(poolId, workerId) {
      const item = await read(keyOf(poolId, workerId));
      return item && registered(item);
    },
    async disconnect(poolId, workerId, closed) {
      await unlessRefused(() =>
        client.send(disconnected({ TableName, Key: keyOf(poolId, workerId) }, closed)),
      );
    },
    async list(poolId) {
      const workers: RegisteredWorker[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const command: QueryCommand = new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': workersKey(poolId) },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        });
        const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
        workers.push(...(Items ?? []).map(registered));
        start = LastEvaluatedKey;
      } while (start);
      return workers;
    },
    markLost: (poolId, workerId, { lastSeenAt, at }) =>
      unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            UpdateExpression: 'SET lostAt = if_not_exists(lostAt, :at)',
            ConditionExpression: 'lastSeenAt = :seen',
            ExpressionAttributeValues: { ':at': at, ':seen': lastSeenAt },
          }),
        ),
      ),
    async remove(poolId, workerId) {
      await unlessRefused(() =>
        client.send(
          new DeleteCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            ConditionExpression: 'attribute_exists(lostAt)',
          }),
        ),
      );
    },
  };
}

interface ItemKey {
  readonly TableName: string;
  readonly Key: Record<string, unknown>;
}

/** The worker as it was before a write, if there was one; undefined where the condition of the write did not hold. */
async function before(
  write: () => Promise<{ Attributes?: Record<string, unknown> | undefined }>,
): Promise<{ readonly worker?: RegisteredWorker } | undefined> {
  let attributes: Record<string, unknown> | undefined;
  const isWritten = await unlessRefused(async () => {
    attributes = (await write()).Attributes;
  });
  return isWritten ? present({ worker: attributes && registered(attributes) }) : undefined;
}

const filled = (beat: Beat): Beat[] => Array.from({ length: BEATS_KEPT }, () => beat);

/** Each heartbeat that is kept in the place of the one before it. All places are read before any is written. */
const SHIFTED = Array.from({ length: BEATS_KEPT - 1 }, (_, i) => `beats[${i + 1}] = beats[${i}]`).reverse();

/** The `first` one of a worker begins what is kept of it, the `next` one goes before it. */
function heartbeatUpdate(
  item: ItemKey,
  { at, dueAt, running, draining, subject, registration, connectionId }: Heartbeat,
  place: 'first' | 'next',
): UpdateCommand {
  const isNext = place === 'next';
  const beat = { at, due: dueAt };
  return new UpdateCommand({
    ...item,
    UpdateExpression: [
      'SET lastSeenAt = :at, dueAt = :due, running = :running, draining = :draining',
      ...(isNext ? [...SHIFTED, 'beats[0] = :beat'] : ['beats = :beats']),
      ...(connectionId === undefined ? [] : ['connectionId = :connection']),
    ].join(', '),
    ConditionExpression: [
      'attribute_exists(pk) AND attribute_not_exists(lostAt)',
      `(${IS_THEIRS})`,
      isNext ? 'attribute_exists(beats)' : 'attribute_not_exists(beats)',
      ...(registration === undefined ? [] : ['registration = :registration']),
    ].join(' AND '),
    ExpressionAttributeValues: present({
      ...{ ':at': at, ':due': dueAt, ':running': running, ':draining': draining, ':subject': subject },
      ...{ ':registration': registration, ':connection': connectionId },
      ...(isNext ? { ':beat': beat } : { ':beats': filled(beat) }),
    }),
    ReturnValues: 'ALL_OLD',
  });
}

function disconnected(
  item: ItemKey,
  { connectionId, at }: { readonly connectionId: string; readonly at: number },
): UpdateCommand {
  return new UpdateCommand({
    ...item,
    // It lived until its connection closed, and is expected to open another.
    UpdateExpression: 'SET lastSeenAt = :at, dueAt = :at REMOVE connectionId',
    ConditionExpression: 'connectionId = :connection AND attribute_not_exists(lostAt)',
    ExpressionAttributeValues: { ':at': at, ':connection': connectionId },
  });
}

function registered(item: Record<string, unknown>): RegisteredWorker {
  const { pk: _pk, sk: _sk, ...worker } = item;
  return worker as unknown as RegisteredWorker;
}
