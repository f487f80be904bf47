import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { RepriseError } from '../../../core/errors';

/** A stack as CloudFormation describes it. */
export interface StackFacts {
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Undefined where there is no such stack. @throws RepriseError UPSTREAM_UNAVAILABLE where AWS does not say */
export async function readStack(client: CloudFormationClient, name: string): Promise<StackFacts | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    if (!stack) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ]);
    return { name, status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs) };
  } catch (cause) {
    // CloudFormation answers a name that it does not know with a ValidationError.
    if (/does not exist/.test((cause as Error).message)) return undefined;
    const message = `the stack ${name} cannot be read: ${(cause as Error).message} (are there credentials and a region, and the permissions that docs/doctor.md lists?)`;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
}

/** @throws RepriseError INPUT_INVALID where the stack is not deployed, UPSTREAM_UNAVAILABLE */
export async function outputOf(client: CloudFormationClient, name: string, output: string): Promise<string> {
  const value = (await readStack(client, name))?.outputs[output];
  if (value !== undefined) return value;
  throw new RepriseError(
    'INPUT_INVALID',
    `there is no stack ${name} with the output ${output} in this account and region: deploy the environment first, or name another by --env and --region`,
  );
}
