import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Heartbeat, RegisteredWorker, WorkerRegistry } from '../../../core/ports/registries';
import { STEADY_MS } from '../../../core/recovery/silence';
import { unlessRefused, upstream } from '../aws-errors';
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
      const key = keyOf(poolId, workerId);
      // Two writes only where a heartbeat is late, or not to be taken at all.
      if (await unlessRefused(() => client.send(beatCommand(TableName, key, beat, 'steady')))) return true;
      return unlessRefused(() => client.send(beatCommand(TableName, key, beat, 'late')));
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

/** One that is `steady` is taken only where the one before it is near; one that is `late` begins anew. */
function beatCommand(
  TableName: string,
  Key: { pk: string; sk: string },
  { at, running, draining, subject, registration }: Heartbeat,
  pace: 'steady' | 'late',
): UpdateCommand {
  const isSteady = pace === 'steady';
  return new UpdateCommand({
    ...{ TableName, Key },
    UpdateExpression: [
      'SET lastSeenAt = :at, running = :running, draining = :draining',
      ...(isSteady ? [] : ['steadySince = :at']),
    ].join(', '),
    ConditionExpression: [
      'attribute_exists(pk) AND attribute_not_exists(lostAt)',
      `(${IS_THEIRS})`,
      ...(registration === undefined ? [] : ['registration = :registration']),
      ...(isSteady ? ['lastSeenAt >= :near AND attribute_exists(steadySince)'] : []),
    ].join(' AND '),
    ExpressionAttributeValues: {
      ...{ ':at': at, ':running': running, ':draining': draining, ':subject': subject },
      ...(registration === undefined ? {} : { ':registration': registration }),
      ...(isSteady ? { ':near': at - STEADY_MS } : {}),
    },
  });
}

function registered(item: Record<string, unknown>): RegisteredWorker {
  const { pk: _pk, sk: _sk, ...worker } = item;
  return worker as unknown as RegisteredWorker;
}
