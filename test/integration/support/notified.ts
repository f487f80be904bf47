import { ParameterType, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { NotificationsInput } from '../../../lib/core/notify/rules';
import type { WebhookReceiver } from '../../support/webhook-receiver';

const parameter = (name: string) => `/reprise-tests/${name}`;
const arnOf = (name: string) => `arn:aws:ssm:us-east-1:000000000000:parameter${parameter(name)}`;

/** One webhook hears how jobs go. Where it is and its secret are parameters, so that every run deploys the same. */
export const RULES: NotificationsInput = {
  targets: {
    hook: { type: 'webhook', url: { arn: arnOf('hook-url') }, secret: { arn: arnOf('hook-secret') } },
  },
  rules: [{ name: 'jobs', events: ['orchestration.execution.*'], targets: ['hook'] }],
};

/** Tells a deployment with these rules where the receiver is. */
export async function pointAt({ url, secret }: WebhookReceiver, endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const ssm = new SSMClient({ endpoint, region: 'us-east-1', credentials });
  for (const [name, Value] of Object.entries({ 'hook-url': url, 'hook-secret': secret }))
    await ssm.send(
      new PutParameterCommand({
        Name: parameter(name),
        Value,
        Type: ParameterType.SECURE_STRING,
        Overwrite: true,
      }),
    );
}
