import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { addressOf, letterAt, streamOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { LetterList, LetterQuery, ListedLetters } from '../../../core/ports/registries';
import type { LetterListing } from '../../../core/projections/listing';
import { upstream } from '../aws-errors';
import { INDEX_NAME, LIST, LIST_BY_STATUS, lettersKey, lettersStatusKey, submittedKey } from './keys';
import { cursorOf, placeOf } from './list-place';
import { openItem } from './open-streams';

/**
 * The two entries of a group in the index, in the order of its latest letter: under its owner, and under its owner and
 * status. And that its stream is open: a letter may come at any time.
 */
export function letterItems(
  stream: string,
  { kind: _, ...listing }: LetterListing,
): Record<string, unknown>[] {
  const { id: group } = addressOf(stream);
  const { owner, status, lastParkedAt } = listing;
  const entry = { pk: stream, group, ...listing, gsi1sk: submittedKey(lastParkedAt, group) };
  return [
    { ...entry, sk: LIST, gsi1pk: lettersKey(owner) },
    { ...entry, sk: LIST_BY_STATUS, gsi1pk: lettersStatusKey(owner, status) },
    openItem(stream),
  ];
}

export function createLetterList(client: DynamoDBDocumentClient, tableName: string): LetterList {
  return {
    async list({ owner, status, limit, cursor, oldestFirst = false, ...filter }) {
      const gsi1pk = status === undefined ? lettersKey(owner) : lettersStatusKey(owner, status);
      const sk = status === undefined ? LIST : LIST_BY_STATUS;
      const groups: ListedLetters[] = [];
      let start = cursor === undefined ? undefined : startKey(cursor, gsi1pk, sk);
      do {
        const command: QueryCommand = new QueryCommand({
          TableName: tableName,
          IndexName: INDEX_NAME,
          KeyConditionExpression: 'gsi1pk = :list',
          ...filterOf(gsi1pk, filter),
          ScanIndexForward: oldestFirst,
          // One more tells whether anything follows.
          Limit: limit + 1,
          ExclusiveStartKey: start,
        });
        const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
        groups.push(...(Items ?? []).map(listed));
        start = LastEvaluatedKey as Record<string, string> | undefined;
      } while (start && groups.length <= limit);
      const shown = groups.slice(0, limit);
      const last = shown.at(-1);
      if (groups.length <= limit || last === undefined) return { groups: shown };
      return { groups: shown, cursor: cursorOf(submittedKey(last.lastParkedAt, last.group)) };
    },
  };
}

function filterOf(list: string, { class: failureClass, kind }: Pick<LetterQuery, 'class' | 'kind'>) {
  const wanted = { ...(failureClass && { class: failureClass }), ...(kind && { letterKind: kind }) };
  const names = Object.keys(wanted);
  const values = Object.entries(wanted).map(([name, value]) => [`:${name}`, value]);
  return {
    ...(names.length > 0 && {
      FilterExpression: names.map((name) => `#${name} = :${name}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    }),
    ExpressionAttributeValues: { ':list': list, ...Object.fromEntries(values) },
  };
}

function startKey(cursor: string, gsi1pk: string, sk: string): Record<string, string> {
  const { gsi1sk, id } = placeOf(cursor);
  return { gsi1pk, gsi1sk, pk: streamOf(letterAt(id)), sk };
}

function listed(item: Record<string, unknown>): ListedLetters {
  const { group, owner, signature, letterKind, status, open, letters, lastParkedAt, said, ...more } =
    item as unknown as ListedLetters;
  const { class: failureClass, assignee, oldestAt } = more;
  return {
    ...{ group, owner, signature, letterKind, status, open, letters, lastParkedAt, said },
    ...present({ class: failureClass, assignee, oldestAt }),
  };
}
