import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { type Grouped, processGroups } from './groups';
import { instrumented } from './instrumented';
import { logger } from './telemetry';

/** Consumes a standard queue: messages are handled one by one, and only those that fail come back. */
export function queueHandler<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  handle: (body: z.output<Schema>, record: SQSRecord) => Promise<void>,
) {
  const processor = new BatchProcessor(EventType.SQS);
  return instrumented(async (event: SQSEvent, context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now();
    const response = await processPartialResponse(
      event,
      async (record: SQSRecord) => {
        try {
          await handle(schema.parse(JSON.parse(record.body)), record);
        } catch (error) {
          logger.error('a message failed', {
            queue: name,
            messageId: record.messageId,
            error: error as Error,
          });
          throw error;
        }
      },
      processor,
      // All having failed is no reason to fail the invocation: the queue counts each message's attempts.
      { context, throwOnFullBatchFailure: false },
    );
    const failed = response.batchItemFailures.length;
    logBatch({ queue: name, messages: event.Records.length, failed, ...since(startedAt) });
    return response as SQSBatchResponse;
  });
}

/** Consumes an ordered queue: the messages of a group are handled together, in order. */
export function fifoHandler<Item>(name: string, grouped: Grouped<Item>) {
  return instrumented(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const startedAt = performance.now();
    const failed = await processGroups(Records, grouped);
    logBatch({ queue: name, messages: Records.length, failed: failed.length, ...since(startedAt) });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

/** What goes well is in the metrics: a line for each batch would be most of the log. */
function logBatch(batch: { readonly queue: string; readonly messages: number; readonly failed: number }) {
  if (batch.failed > 0) logger.warn('batch', { ...batch });
  else logger.debug('batch', { ...batch });
}

function since(startedAt: number): { readonly durationMs: number } {
  return { durationMs: Math.round(performance.now() - startedAt) };
}
