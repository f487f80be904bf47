import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CleanupStarter } from '../../core/ports/cleanup';
import { upstream } from './aws-errors';

/** Calls the function that cleans up, and does not wait for it. */
export function createCleanupStarter(client: LambdaClient, functionName: string): CleanupStarter {
  return {
    async start(order) {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(order)),
      });
      await upstream('Lambda invoke', () => client.send(command));
    },
  };
}
