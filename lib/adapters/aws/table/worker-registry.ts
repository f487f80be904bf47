import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { present } from '../../../core/model/present';
import type { Heartbeat, RegisteredWorker, WorkerRegistry } from '../../../core/ports/registries';
import { steadyMs } from '../../../core/recovery/silence';
import { isNamed, unlessRefused, upstream } from '../aws-errors';
import { workersKey } from './keys';

/** One that registered before there was a subject is anybody's. */
const IS_THEIRS = 'attribute_not_exists(registeredBy) OR registeredBy = :subject';

export function createWorkerRegistry(client: DynamoDBDocumentClient, TableName: string): WorkerRegistry {
  const keyOf = (poolId: string, workerId: string) => ({ pk: workersKey(poolId), sk: workerId });

  return {
    register: (poolId, worker, { subject, at }) => {
      const state = { lastSeenAt: at, steadySince: at, running: 0, registeredBy: subject };
      const command = new PutCommand({
        TableName,
        Item: { ...keyOf(poolId, worker.workerId), ...worker, ...state },
        ConditionExpression: `attribute_not_exists(pk) OR ${IS_THEIRS}`,
        ExpressionAttributeValues: { ':subject': subject },
      });
      return unlessRefused(() => client.send(command));
    },
    async heartbeat(poolId, workerId, beat) {
      const item = { TableName, Key: keyOf(poolId, workerId) };
      // Two writes only where a heartbeat is late, or not to be taken at all.
      return (
        (await beaten(client, heartbeatUpdate(item, beat, 'steady'))) ??
        beaten(client, heartbeatUpdate(item, beat, 'late'))
      );
    },
    async find(poolId, workerId) {
      const command = new GetCommand({ TableName, Key: keyOf(poolId, workerId), ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      return Item && registered(Item);
    },
    async disconnect(poolId, workerId, { connectionId, at }) {
      await unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            // It lived until its connection closed, and has from then on what every worker has to be heard of again.
            UpdateExpression: 'SET lastSeenAt = :at REMOVE connectionId',
            ConditionExpression: 'connectionId = :connection AND attribute_not_exists(lostAt)',
            ExpressionAttributeValues: { ':at': at, ':connection': connectionId },
          }),
        ),
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

/** The worker as it was before; undefined where the heartbeat is not taken. */
async function beaten(
  client: DynamoDBDocumentClient,
  command: UpdateCommand,
): Promise<RegisteredWorker | undefined> {
  try {
    const { Attributes } = await upstream('DynamoDB write', () => client.send(command));
    return Attributes && registered(Attributes);
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return undefined;
    throw error;
  }
}

/** One that is `steady` is taken only where the one before it is near; one that is `late` begins anew. */
function heartbeatUpdate(
  item: { readonly TableName: string; readonly Key: Record<string, unknown> },
  { at, running, draining, subject, registration, connectionId }: Heartbeat,
  pace: 'steady' | 'late',
): UpdateCommand {
  const isSteady = pace === 'steady';
  return new UpdateCommand({
    ...item,
    UpdateExpression: [
      'SET lastSeenAt = :at, running = :running, draining = :draining',
      ...(isSteady ? [] : ['steadySince = :at']),
      ...(connectionId === undefined ? [] : ['connectionId = :connection']),
    ].join(', '),
    ConditionExpression: [
      'attribute_exists(pk) AND attribute_not_exists(lostAt)',
      `(${IS_THEIRS})`,
      ...(registration === undefined ? [] : ['registration = :registration']),
      ...(isSteady ? ['lastSeenAt >= :near AND attribute_exists(steadySince)'] : []),
    ].join(' AND '),
    ExpressionAttributeValues: present({
      ...{ ':at': at, ':running': running, ':draining': draining, ':subject': subject },
      ...{ ':registration': registration, ':connection': connectionId },
      ':near': isSteady ? at - steadyMs({ connectionId }) : undefined,
    }),
    ReturnValues: 'ALL_OLD',
  });
}

function registered(item: Record<string, unknown>): RegisteredWorker {
  const { pk: _pk, sk: _sk, ...worker } = item;
  return worker as unknown as RegisteredWorker;
}
