import { type EnvironmentConfig, LEAST_UNRESERVED, reservedSum } from './schema';

/** What an account and region allow, as AWS says. */
export interface Account {
  readonly region: string;
  /** Invocations of all functions at the same time. */
  readonly concurrency: number;
  /** Of those, what no function has reserved yet. */
  readonly unreserved: number;
  /** Requests a second to all APIs, and at once. */
  readonly apiRate: number;
  readonly apiBurst: number;
  /** Which of the environment's SSM parameters are not there. */
  readonly missingParameters: readonly string[];
}

export interface AccountCheck {
  readonly name: string;
  readonly have: number;
  readonly need: number;
  readonly ok: boolean;
  /** What to do where it is not. */
  readonly advice: string;
}

/**
 * Compares what an account allows with what an environment counts on.
 * @param isDeployed the environment is there already, and what it reserves is taken.
 */
export function checkAccount(
  { concurrency, api, auth }: EnvironmentConfig,
  account: Account,
  { isDeployed }: { readonly isDeployed: boolean },
): AccountCheck[] {
  const reserved = reservedSum(concurrency.reserved);
  const toReserve = isDeployed ? 0 : reserved;
  const checks = [
    atLeast('Lambda: concurrent executions', account.concurrency, concurrency.account, {
      advice:
        'ask for more (Service Quotas, Lambda, L-B99A9384), or lower concurrency.account and concurrency.consumers',
    }),
    atLeast('API Gateway: requests a second', account.apiRate, api.ratePerSecond, {
      advice: 'ask for more (Service Quotas, API Gateway, L-8A5B8E43), or lower api.ratePerSecond',
    }),
    atLeast('API Gateway: requests at once', account.apiBurst, api.burst, {
      advice: 'lower api.burst: AWS sets this quota from the requests a second',
    }),
  ];
  if (reserved > 0) {
    checks.push(
      atLeast('Lambda: concurrency left to reserve', account.unreserved, toReserve + LEAST_UNRESERVED, {
        advice:
          'the deployment would fail: ask for more (Service Quotas, Lambda, L-B99A9384), or deploy with -c reservedConcurrency=off, after which a burst can starve heartbeats',
      }),
    );
  }
  if (auth.parameters !== undefined) {
    const missing = account.missingParameters;
    checks.push(
      atLeast('SSM: parameters of the issuer', 3 - missing.length, 3, {
        advice: `make ${missing.join(', ')}`,
      }),
    );
  }
  return checks;
}

function atLeast(name: string, have: number, need: number, { advice }: { advice: string }): AccountCheck {
  return { name, have, need, ok: have >= need, advice };
}
