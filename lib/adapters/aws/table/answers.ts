import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { AnswerStore, KeptAnswer, NamedCall } from '../../../core/ports/answers';
import { answerKey } from './keys';

/** An item ends at 400 KB. */
const MAX_BYTES = 300_000;

/** Answers in the table, which forgets them by itself. */
export function createTableAnswers(client: DynamoDBDocumentClient, TableName: string): AnswerStore {
  const put = (call: NamedCall, until: number, rest: object, condition: Partial<PutCommandInput> = {}) => {
    const Item = {
      ...answerKey(call.id),
      content: call.content,
      until,
      ttl: Math.ceil(until / 1_000),
      ...rest,
    };
    return client.send(new PutCommand({ TableName, Item, ...condition }));
  };
  const release = async ({ id }: NamedCall) => {
    await client.send(new DeleteCommand({ TableName, Key: answerKey(id) }));
  };
  return {
    async claim(call, { now, until }) {
      try {
        await put(
          call,
          until,
          {},
          {
            ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':now': now },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        );
        return undefined;
      } catch (error) {
        const { name, Item } = error as { name?: string; Item?: Record<string, { S?: string }> };
        if (name !== 'ConditionalCheckFailedException' || !Item) throw error;
        const { content, answer } = unmarshalled(Item);
        return { content, ...(answer !== undefined && { answer: JSON.parse(answer) as KeptAnswer }) };
      }
    },
    async keep(call, answer, until) {
      if (answer.body.length > MAX_BYTES) return release(call);
      await put(call, until, { answer: JSON.stringify(answer) });
    },
    release,
  };
}

/** What a refused condition brings is as the wire has it, in some versions of the client. */
function unmarshalled(item: Readonly<Record<string, unknown>>): { content: string; answer?: string } {
  const text = (value: unknown) =>
    typeof value === 'string' ? value : (value as { S?: string } | undefined)?.S;
  const answer = text(item['answer']);
  return { content: text(item['content']) ?? '', ...(answer !== undefined && { answer }) };
}
