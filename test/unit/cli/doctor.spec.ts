import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { main } from '../../../lib/cli/main';

const lambda = mockClient(LambdaClient);
const quotas = mockClient(ServiceQuotasClient);
const ssm = mockClient(SSMClient);

/** Answers as an account gives them. @param quota by code; a code that is missing was never changed. */
function account(limits: { concurrency: number; unreserved?: number; quota?: Record<string, number> }): void {
  const { concurrency, unreserved = concurrency, quota = {} } = limits;
  for (const client of [lambda, quotas, ssm]) client.reset();
  lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: { ConcurrentExecutions: concurrency, UnreservedConcurrentExecutions: unreserved },
  });
  quotas.on(GetServiceQuotaCommand).callsFake(({ QuotaCode }) => {
    const Value = quota[QuotaCode as string];
    if (Value !== undefined) return { Quota: { Value } };
    throw Object.assign(new Error('no such quota'), { name: 'NoSuchResourceException' });
  });
  const defaults: Record<string, number> = { 'L-8A5B8E43': 10_000, 'L-CDF5615A': 5_000 };
  quotas
    .on(GetAWSDefaultServiceQuotaCommand)
    .callsFake(({ QuotaCode }) => ({ Quota: { Value: defaults[QuotaCode as string] } }));
}

const ISSUER = ['authIssuer=https://id.test/', 'authAudience=reprise', 'authJwksUri=https://id.test/keys'];
const WITH_ISSUER = ISSUER.flatMap((value) => ['-c', value]);

async function doctor(...args: string[]) {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.exitCode = 0;
  try {
    await main(['node', 'reprise', 'doctor', '--region', 'eu-west-1', ...args]);
    const text = (spy: jest.SpyInstance) => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
    return { code: process.exitCode, stdout: text(out), stderr: text(err) };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    err.mockRestore();
  }
}

describe('reprise doctor', () => {
  it('is content with an account that has what the environment counts on', async () => {
    account({ concurrency: 1_000 });
    const { code, stdout } = await doctor('--env', 'prod', ...WITH_ISSUER, '--json');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ environment: 'prod', region: 'eu-west-1', ok: true });
    expect(report.checks.map(({ have, need }: { have: number; need: number }) => [have, need])).toEqual([
      [1_000, 1_000],
      [10_000, 2_000],
      [5_000, 4_000],
      [1_000, 234],
    ]);
    expect(code).toBe(0);
  });

  it('says what a new account lacks, and how to get it or do without', async () => {
    account({ concurrency: 10 });
    const { code, stdout } = await doctor(...WITH_ISSUER);
    expect(stdout).toContain('short  Lambda: concurrent executions: 10 of 1000');
    expect(stdout).toContain('L-B99A9384');
    expect(stdout).toContain('-c reservedConcurrency=off');
    expect(code).toBe(1);
  });

  it('asks nothing of reservations where none are made', async () => {
    account({ concurrency: 1_000, unreserved: 100 });
    const { code, stdout } = await doctor(...WITH_ISSUER, '-c', 'reservedConcurrency=off');
    expect(stdout).not.toContain('reserve');
    expect(code).toBe(0);
  });

  it('does not count the reservations of an environment twice', async () => {
    account({ concurrency: 1_000, unreserved: 100 });
    expect((await doctor(...WITH_ISSUER)).code).toBe(1);
    expect((await doctor(...WITH_ISSUER, '--deployed')).code).toBe(0);
  });

  it('takes the quota of the account over the default of AWS', async () => {
    account({ concurrency: 1_000, quota: { 'L-8A5B8E43': 100 } });
    const { stdout, code } = await doctor(...WITH_ISSUER);
    expect(stdout).toContain('short  API Gateway: requests a second: 100 of 500');
    expect(code).toBe(1);
  });

  it('names the parameters of the issuer that are not there', async () => {
    account({ concurrency: 1_000 });
    ssm.on(GetParametersCommand).resolves({ InvalidParameters: ['/reprise/dev/auth/jwksUri'] });
    const { stdout, code } = await doctor('-c', 'authParameters=/reprise/dev/auth');
    expect(stdout).toContain(
      'short  SSM: parameters of the issuer: 2 of 3\n       make /reprise/dev/auth/jwksUri',
    );
    expect(code).toBe(1);
  });

  it('misses no issuer where none is named: the deployment makes a user pool', async () => {
    account({ concurrency: 1_000 });
    const { stdout, code } = await doctor('--env', 'dev');
    expect(stdout).not.toContain('issuer');
    expect(stdout).toContain('API Gateway');
    expect(code).toBe(0);
  });

  it('says that the account cannot be read, and why', async () => {
    account({ concurrency: 1_000 });
    lambda.on(GetAccountSettingsCommand).rejects(new Error('Could not load credentials'));
    const { stderr, code } = await doctor(...WITH_ISSUER);
    expect(stderr).toContain('the account cannot be read: Could not load credentials');
    expect(code).toBe(2);
  });

  it.each(['reservedConcurrency', '=off'])('refuses the context %p', async (context) => {
    const { stderr, code } = await doctor('-c', context);
    expect(stderr).toContain('--context is key=value');
    expect(code).toBe(2);
  });
});
