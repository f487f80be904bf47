import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Clients of the local cloud for whoever looks at it from outside. */
export interface LocalClients {
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
}

export function localClients(endpoint: string): LocalClients {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  // Said by every process; what is deployed runs on the version that the SDK asks for.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // Queue URLs name `localhost`, which need not be where the local cloud listens.
  return { sfn: new SFNClient(config), sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }) };
}
