import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readPageMarks } from '../../lib/adapters/aws/table/page-marks';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { dynamo } from '../shared/clients/dynamo';
import { FAST_PATH_SECONDS } from '../shared/fast-path';
import { effectsSender } from '../shared/queues';
import { tableName } from '../shared/tables';
import { passOnUnconfirmed, type RelayDeps } from './catch';

const deps: RelayDeps = {
  marksOf: (pages) => readPageMarks(dynamo(), tableName(), pages),
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
