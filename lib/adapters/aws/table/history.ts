import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { effectsOfRetries } from '../../../core/history/effectiveness';
import {
  attemptSampleSchema,
  HISTORY_MS,
  quarantineSchema,
  retrySampleSchema,
  WINDOWS,
} from '../../../core/history/samples';
import { LIMITS } from '../../../core/limits';
import { correctionSchema } from '../../../core/model/correction';
import type { Timing } from '../../../core/model/time';
import { type HistoryStore, tooManyQuarantines } from '../../../core/ports/history';
import { upstream } from '../aws-errors';
import { putAll } from './batches';
import { createDurations } from './durations';
import { attemptItem, expiry, retryItems } from './history-items';
import {
  attemptsKey,
  correctionKey,
  failuresKey,
  INDEX_NAME,
  ownRetriesKey,
  quarantinesKey,
  RETRIES,
  signatureKey,
} from './keys';

/** The history in the table. Samples are items of their own under names that repeat: writing one again changes nothing. */
export function createDynamoHistory(
  client: DynamoDBDocumentClient,
  TableName: string,
  timing: Timing,
): HistoryStore {
  /** The latest of a partition, or of one of the index. */
  async function latest<T>(
    schema: z.ZodType<T>,
    at: { readonly pk: string; readonly index?: true; readonly prefix?: string },
    Limit: number,
  ): Promise<T[]> {
    const [pk, sk] = at.index ? ['gsi1pk', 'gsi1sk'] : ['pk', 'sk'];
    const isPrefixed = at.prefix !== undefined;
    const command = new QueryCommand({
      ...{ TableName, Limit, ScanIndexForward: false },
      ...(at.index ? { IndexName: INDEX_NAME } : {}),
      KeyConditionExpression: isPrefixed ? '#pk = :pk AND begins_with(#sk, :prefix)' : '#pk = :pk',
      ExpressionAttributeNames: { '#pk': pk as string, ...(isPrefixed ? { '#sk': sk as string } : {}) },
      ExpressionAttributeValues: { ':pk': at.pk, ...(isPrefixed ? { ':prefix': at.prefix } : {}) },
    });
    const { Items } = await upstream('DynamoDB read', () => client.send(command));
    return (Items ?? []).flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    });
  }

  const durations = createDurations(client, TableName, timing);
  const quarantines: HistoryStore['quarantines'] = async (owner) => {
    const all = await latest(quarantineSchema, { pk: quarantinesKey(owner) }, LIMITS.quarantines);
    return all.reverse();
  };

  return {
    async learn({ owner, attempts, retries }) {
      const items = [
        ...attempts.map((sample) => attemptItem(owner, sample)),
        ...retries.flatMap((sample) => retryItems(owner, sample)),
      ];
      await putAll(client, TableName, items, timing);
      await durations.learn(attempts);
    },
    durationsOf: durations.durationsOf,
    async ofSignature(signature) {
      const place = { pk: signatureKey(signature), prefix: 'RETRY#' };
      return effectsOfRetries(await latest(retrySampleSchema, place, WINDOWS.signature));
    },
    ofNode: (owner, nodeHash) =>
      latest(attemptSampleSchema, { pk: attemptsKey(owner, nodeHash) }, WINDOWS.node),
    failures: (owner) =>
      latest(attemptSampleSchema, { pk: failuresKey(owner), index: true }, WINDOWS.failures),
    retries: (owner) =>
      owner === undefined
        ? latest(retrySampleSchema, { pk: RETRIES }, WINDOWS.retries)
        : latest(retrySampleSchema, { pk: ownRetriesKey(owner), index: true }, WINDOWS.retries),
    async correct(signature, correction, scope) {
      const sk = correctionKey(scope === 'everyone' ? undefined : scope.owner);
      const Item = { pk: signatureKey(signature), sk, ...correction };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    async correctionOf(signature, owner) {
      const pk = signatureKey(signature);
      const read = async (sk: string) => {
        const command = new GetCommand({ TableName, Key: { pk, sk } });
        return (await upstream('DynamoDB read', () => client.send(command))).Item;
      };
      const [own, all] = await Promise.all([read(correctionKey(owner)), read(correctionKey())]);
      const item = own ?? all;
      return item && correctionSchema.parse(item);
    },
    async quarantine(owner, quarantine) {
      const known = await quarantines(owner);
      if (known.length >= LIMITS.quarantines && !known.some(({ id }) => id === quarantine.id)) {
        throw tooManyQuarantines();
      }
      const ttl = expiry(quarantine.expiresAt + HISTORY_MS);
      const Item = { pk: quarantinesKey(owner), sk: quarantine.id, ...quarantine, ttl };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    async unquarantine(owner, id) {
      const Key = { pk: quarantinesKey(owner), sk: id };
      const command = new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' });
      return (await upstream('DynamoDB write', () => client.send(command))).Attributes !== undefined;
    },
    quarantines,
  };
}
