import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createOpenStreams } from '../../../../../lib/adapters/aws/table/open-streams';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => dynamo.reset());

const streams = createOpenStreams(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'table');
const key = (sk: string) => ({ pk: 'job/a', sk });

describe('reading streams in batches', () => {
  it('asks again for what DynamoDB left out', async () => {
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { table: [{ ...key('LIST'), status: 'running' }] },
        UnprocessedKeys: { table: { Keys: [key('CONFIRMED')] } },
      })
      .resolves({ Responses: { table: [{ ...key('CONFIRMED'), seq: 5 }] } });
    dynamo.on(QueryCommand).resolves({ Items: [] });
    expect(await streams.progress(['job/a'])).toEqual([
      { stream: 'job/a', seq: 0, confirmed: 5, at: 0, isOver: false },
    ]);
    expect(dynamo.commandCalls(BatchGetCommand)).toHaveLength(2);
  });

  it('gives up for now where it reads nothing at all', async () => {
    const Keys = ['CONFIRMED', 'LIST'].map(key);
    dynamo.on(BatchGetCommand).resolves({ Responses: {}, UnprocessedKeys: { table: { Keys } } });
    await expect(streams.progress(['job/a'])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
