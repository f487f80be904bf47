import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { RepriseError } from '../../core/errors';
import { isNamed } from './aws-errors';

export interface AccountClients {
  readonly lambda: LambdaClient;
  readonly quotas: ServiceQuotasClient;
  readonly ssm: SSMClient;
}

/** Clients with the credentials of the process. @param region absent: that of the process. */
export function accountClients(region?: string): AccountClients {
  const settings = region === undefined ? {} : { region };
  return {
    lambda: new LambdaClient(settings),
    quotas: new ServiceQuotasClient(settings),
    ssm: new SSMClient(settings),
  };
}

/**
 * What an account and region allow.
 * @param parameters names of SSM parameters that should be there.
 * @throws RepriseError UPSTREAM_UNAVAILABLE where AWS does not say.
 */
export async function readAccount(clients: AccountClients, parameters: readonly string[]) {
  try {
    const { AccountLimit } = await clients.lambda.send(new GetAccountSettingsCommand({}));
    return {
      region: await clients.lambda.config.region(),
      concurrency: AccountLimit?.ConcurrentExecutions ?? 0,
      unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
      apiRate: await quota(clients.quotas, 'apigateway', 'L-8A5B8E43'),
      apiBurst: await quota(clients.quotas, 'apigateway', 'L-CDF5615A'),
      missingParameters: await missing(clients.ssm, parameters),
    };
  } catch (cause) {
    const message = `the account cannot be read: ${(cause as Error).message} (are there credentials, a region, and the permissions that docs/operations/README.md lists?)`;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
}

/** As applied to the account, or the default of AWS where nothing was ever changed. */
async function quota(client: ServiceQuotasClient, ServiceCode: string, QuotaCode: string): Promise<number> {
  try {
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
    return Quota?.Value ?? 0;
  } catch (error) {
    if (!isNamed(error, 'NoSuchResourceException')) throw error;
  }
  const { Quota } = await client.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
  return Quota?.Value ?? 0;
}

async function missing(client: SSMClient, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { InvalidParameters } = await client.send(new GetParametersCommand({ Names: [...names] }));
  return InvalidParameters ?? [];
}
