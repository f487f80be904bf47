import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import { type Grouped, type Intake, orderedGroup, type Patience, processGroups } from './groups';
import { instrumented } from './instrumented';
import { logger } from './telemetry';

/** Left of an invocation for the last try, in milliseconds: three calls that are not answered. */
const RESERVE_MS = 10_000;

/** Consumes a standard queue: messages are handled one by one, each once. What fails holds up nothing while it waits. */
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
  const once: Patience = { ...intake, until: 0 };
  return batchHandler(name, (records) => processGroups(records, each, once, ({ messageId }) => messageId));
}

/**
 * Consumes an ordered queue: the messages of a group are handled together, in order, and again while the invocation has
 * time: what comes again holds up its group.
 */
export function fifoHandler<Item>(name: string, grouped: Grouped<Item>, intake: Intake) {
  return batchHandler(name, (records, remainingMs) => {
    const until = intake.timing.clock() + remainingMs - RESERVE_MS;
    return processGroups(records, grouped, { ...intake, until }, orderedGroup);
  });
}

/** @param handle answers the ids of the messages that come again. */
function batchHandler(
  queue: string,
  handle: (records: readonly SQSRecord[], remainingMs: number) => Promise<readonly string[]>,
) {
  return instrumented(async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now();
    const back = await handle(Records, context.getRemainingTimeInMillis());
    const durationMs = Math.round(performance.now() - startedAt);
    logBatch({ queue, messages: Records.length, failed: back.length, durationMs });
    return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

/** What goes well is in the metrics: a line for each batch would be most of the log. */
function logBatch(
  batch: Readonly<Record<'messages' | 'failed' | 'durationMs', number>> & { readonly queue: string },
) {
  if (batch.failed > 0) logger.warn('batch', { ...batch });
  else logger.debug('batch', { ...batch });
}
