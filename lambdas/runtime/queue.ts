import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import { type Grouped, type Intake, orderedGroup, processGroups } from './groups';
import { instrumented } from './instrumented';
import { logger } from './telemetry';

/** Left of an invocation for the last try, in milliseconds: three calls that are not answered. */
const RESERVE_MS = 10_000;

/** Consumes a standard queue: messages are handled one by one, each by itself. */
export function queueHandler<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  intake: Intake,
  handle: (body: z.output<Schema>, record: SQSRecord) => Promise<void>,
) {
  const each: Grouped<{ readonly body: z.output<Schema>; readonly record: SQSRecord }> = {
    parse: (record) => ({ body: readMessage(schema, record.body), record }),
    handle: async (_, items) => {
      for (const { body, record } of items) await handle(body, record);
    },
  };
  return batchHandler(name, each, intake, ({ messageId }) => messageId);
}

/** Consumes an ordered queue: the messages of a group are handled together, in order. */
export function fifoHandler<Item>(name: string, grouped: Grouped<Item>, intake: Intake) {
  return batchHandler(name, grouped, intake, orderedGroup);
}

function batchHandler<Item>(
  name: string,
  grouped: Grouped<Item>,
  intake: Intake,
  groupOf: (record: SQSRecord) => string,
) {
  return instrumented(async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now();
    const until = intake.timing.clock() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const back = await processGroups(Records, grouped, { ...intake, until }, groupOf);
    const durationMs = Math.round(performance.now() - startedAt);
    logger.info('batch', { queue: name, messages: Records.length, failed: back.length, durationMs });
    return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}
