import { awsChecks } from '../../lib/adapters/aws/health';
import { realTimer } from '../../lib/adapters/system';
import { getHealth, probes } from '../../lib/api/health';
import { createCheckup } from '../../lib/core/health/health';
import { engineChecks } from '../../lib/core/health/pools';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { dynamo } from '../shared/clients/dynamo';
import { eventBridge } from '../shared/clients/event-bridge';
import { s3 } from '../shared/clients/s3';
import { sfn } from '../shared/clients/sfn';
import { sqsOnce } from '../shared/clients/sqs';
import { reader } from '../shared/readers';
import { dependencyList, tableName } from '../shared/tables';

const env = readEnv('BUCKET_NAME', 'JOBS_QUEUE_URL', 'GRAPH_RUNNER_ARN', 'EVENT_BUS_NAME', 'POOL_NAMES');

const checkup = createCheckup({
  checks: [
    ...awsChecks({
      ...{ dynamo: dynamo(), s3: s3(), sqs: sqsOnce(), sfn: sfn(), eventBridge: eventBridge() },
      ...{ tableName: tableName(), bucketName: env.BUCKET_NAME, queueUrl: env.JOBS_QUEUE_URL },
      ...{ machineArn: env.GRAPH_RUNNER_ARN, busName: env.EVENT_BUS_NAME, clock: Date.now },
    }),
    ...engineChecks({
      ...{ pools: env.POOL_NAMES, view: reader().view, dependencies: dependencyList(), clock: Date.now },
    }),
  ],
  ...{ clock: Date.now, setTimer: realTimer },
});

export const handler = routedHandler([getHealth(checkup), ...probes(checkup)]);
