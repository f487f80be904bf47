import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { FAST_PATH_SECONDS } from '../shared/fast-path';
import { effectsSender } from '../shared/queues';
import { journal, pages } from '../shared/tables';
import { passOnUnconfirmed } from './catch';

const deps = {
  journal: journal(),
  pageEnd: pages().endOf,
  send: effectsSender(),
  delaySeconds: readEnv('FAST_PATH').FAST_PATH === 'on' ? FAST_PATH_SECONDS : 0,
};

export const handler = instrumented(
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const startedAt = performance.now();
    const passedOn = await passOnUnconfirmed(deps, Records);
    count('EffectsLeftToRelay', passedOn);
    const durationMs = Math.round(performance.now() - startedAt);
    logger.debug('batch', { stream: 'table', records: Records.length, passedOn, durationMs });
    return { batchItemFailures: [] };
  },
);
