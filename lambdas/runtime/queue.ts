import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import type { RetryOptions } from '../../lib/core/retry/retrying';
import { type Grouped, type Intake, type Patience, processGroups } from './groups';
import { instrumented } from './instrumented';
import { withMore } from './more';
import { logger } from './telemetry';

/** Left of an invocation for the last try, in milliseconds: three calls that are not answered. */
const RESERVE_MS = 10_000;

/**
 * Groups of an ordered queue under way at a time: as many as keep the processor and the services busy. With all of a batch at once the
 * first would be done when the last is, and what follows from each would wait for all of them.
 */
const PARALLEL = 8;

/** Consumes a standard queue: messages are handled one by one, each once. What fails holds up nothing while it waits. */
export function queueHandler<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  intake: Intake,
  handle: (body: z.output<Schema>, record: SQSRecord) => Promise<void>,
) {
  const each: Grouped<{ readonly body: z.output<Schema>; readonly record: SQSRecord }, SQSRecord> = {
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
 * time: what comes again holds up its group. A full batch takes along more of what waits.
 */
export function fifoHandler<Item>(name: string, grouped: Grouped<Item>, intake: Intake) {
  return batchHandler(name, (records, remainingMs) => {
    const until = intake.timing.clock() + remainingMs - RESERVE_MS;
    return withMore(records, intake.queue, (all) =>
      processGroups(all, grouped, { ...intake, until, parallel: PARALLEL }),
    );
  });
}

/** Between two tries within an invocation, where a message has no other one. */
const LAST_CHANCE = {
  strategy: 'exponential',
  initialDelayMs: 200,
  maxDelayMs: 2_000,
  jitter: 'equal',
} as const;

/**
 * Consumes a queue that hands out a message once: what is refused SQS takes to the DLQ, at once. A message has all the time
 * of the invocation, as it does not come again.
 */
export function refusingHandler(
  name: string,
  handle: (record: SQSRecord, patience: RetryOptions) => Promise<'take' | 'refuse'>,
  { queue, timing }: Intake,
) {
  return batchHandler(name, async (records, remainingMs) => {
    const until = timing.clock() + remainingMs - RESERVE_MS;
    const patience = { ...timing, backoff: LAST_CHANCE, until };
    const answers = await Promise.all(records.map((record) => handle(record, patience)));
    const refused = records.filter((_, i) => answers[i] === 'refuse');
    try {
      if (refused.length > 0) await queue.comeAgain(refused, 0);
    } catch (error) {
      // Then they go there when their visibility ends.
      logger.warn('the visibility of messages was not changed', { error: error as Error });
    }
    return refused.map(({ messageId }) => messageId);
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
