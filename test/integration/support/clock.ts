import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { LocalEnvironment } from './local-environment';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * Calls a function as the clock does, and waits for its end.
 * @param part of its name.
 */
export async function clockOf({ deployment }: LocalEnvironment, part: RegExp): Promise<() => Promise<void>> {
  const lambda = new LambdaClient({ endpoint: deployment.endpoint, region: 'us-east-1', credentials });
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 1_000 }));
  const FunctionName = Functions.find(({ FunctionName: name = '' }) => part.test(name))?.FunctionName;
  return async () => {
    const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    if (FunctionError) throw new Error(`${part} failed: ${Buffer.from(Payload ?? []).toString()}`);
  };
}
