import { ulid } from 'ulid';
import { dynamo } from '../shared/clients/dynamo';
import { jobEngine } from '../shared/engine';
import { readEnv } from '../shared/env';
import { apiHandler } from '../shared/http';
import { createIdempotencyStore } from '../shared/idempotency-store';
import { graphs } from '../shared/objects';
import { tableName } from '../shared/tables';
import { count } from '../shared/telemetry';
import { machineRequests } from '../shared/workflow';
import { idempotently } from './idempotent';
import { submitJobRoute } from './route';
import { submit } from './submit';

export const handler = apiHandler(
  submitJobRoute({
    graphs: graphs(),
    requests: machineRequests(),
    newJobId: ulid,
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    submit: idempotently(
      ({ jobId, submission, origin }) => submit(jobEngine(), jobId, submission, origin),
      createIdempotencyStore(dynamo(), tableName()),
    ),
    onSubmitted: () => count('JobsSubmitted'),
  }),
);
