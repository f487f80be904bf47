import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { absorbed, type Range } from '../../../core/journal/confirmed-ranges';
import type { OutboxJournal } from '../../../core/ports/stores';
import { isNamed, upstream } from '../aws-errors';
import { CONFIRMED } from './keys';

/** Ranges that are kept ahead of a mark: as many as are in 1 KB. What is not kept, the outbox relay performs again. */
const MOST_AHEAD = 40;

/** Of a range ahead of the mark: `ahead31` is 60 where events 31 to 60 are performed. */
const AHEAD = /^ahead(\d+)$/;
const nameOf = ({ from }: Range): string => `ahead${from}`;

/** What the item of a stream says: its mark, and what is performed beyond a gap. */
interface Confirmed {
  readonly mark: number;
  readonly ahead: readonly Range[];
}

type Answer = { readonly isDone: boolean } & Confirmed;

/**
 * Moves the mark of a stream, up to which every effect is performed. Lanes of a stream are performed at the same time, so a
 * range may be done before the one in front of it: it is kept beside the mark, which passes it when that one is done too.
 */
export function createConfirmations(
  client: DynamoDBDocumentClient,
  TableName: string,
): OutboxJournal['confirm'] {
  /** Changes the item under a condition. @returns the item as it is then, or as it was where the condition failed. */
  async function update(pk: string, change: Partial<UpdateCommandInput>): Promise<Answer> {
    const command = new UpdateCommand({
      ...{ TableName, Key: { pk, sk: CONFIRMED }, ...change },
      ...{ ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    });
    try {
      const { Attributes } = await upstream('DynamoDB confirm', () => client.send(command));
      return { isDone: true, ...confirmedIn(Object.entries(Attributes ?? {})) };
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      const { Item = {} } = error as { Item?: Record<string, { N?: string }> };
      return { isDone: false, ...confirmedIn(Object.entries(Item).map(([name, { N }]) => [name, N])) };
    }
  }

  const move = (pk: string, { from, to }: Range) =>
    update(pk, {
      UpdateExpression: 'SET seq = :to',
      ConditionExpression:
        from <= 1 ? 'attribute_not_exists(seq) OR seq < :to' : 'seq >= :before AND seq < :to',
      ExpressionAttributeValues: { ':to': to, ...(from <= 1 ? {} : { ':before': from - 1 }) },
    });

  const keep = (pk: string, range: Range) =>
    update(pk, {
      UpdateExpression: 'SET #ahead = :to',
      ConditionExpression: 'attribute_not_exists(seq) OR seq < :before',
      ExpressionAttributeNames: { '#ahead': nameOf(range) },
      ExpressionAttributeValues: { ':to': range.to, ':before': range.from - 1 },
    });

  /** Takes the mark over the ranges that lie there. Whoever else moved it meanwhile has seen them, and does it. */
  async function pass(pk: string, confirmed: Answer): Promise<void> {
    const { mark, passed } = absorbed(confirmed.mark, confirmed.ahead);
    if (!confirmed.isDone || passed.length === 0) return;
    const names = Object.fromEntries(passed.map((range, i) => [`#a${i}`, nameOf(range)]));
    const next = await update(pk, {
      UpdateExpression: `SET seq = :mark REMOVE ${Object.keys(names).join(', ')}`,
      ConditionExpression: 'seq = :seen',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':mark': mark, ':seen': confirmed.mark },
    });
    await pass(pk, next);
  }

  return async function confirm(stream, from, to): Promise<boolean> {
    const moved = await move(stream, { from, to });
    if (moved.isDone) {
      await pass(stream, moved);
      return true;
    }
    if (moved.mark >= to) return true;
    if (moved.ahead.length >= MOST_AHEAD) return false;
    const kept = await keep(stream, { from, to });
    // The gap was closed in between.
    return kept.isDone ? false : confirm(stream, from, to);
  };
}

function confirmedIn(item: readonly (readonly [string, unknown])[]): Confirmed {
  const ahead = item.flatMap(([name, to]) => {
    const from = AHEAD.exec(name)?.[1];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to) }];
  });
  return { mark: Number(item.find(([name]) => name === 'seq')?.[1] ?? 0), ahead };
}
