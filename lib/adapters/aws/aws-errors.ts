import { RepriseError } from '../../core/errors';

/** Names under which AWS asks to slow down: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const THROTTLED = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** The network between us and the service. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT']);

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whether an SDK error, or any other, carries this name. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return names.includes((error as SdkError | undefined)?.name ?? '');
}

/**
 * Runs an SDK call and translates what it throws: UPSTREAM_UNAVAILABLE when trying again later can help. Anything
 * else (a missing permission, a wrong name) is a fault of the deployment and passes unchanged.
 * @param what the call in words, such as `DynamoDB append`.
 */
export async function upstream<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isTransient(error as SdkError)) throw error;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', `${what} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A conditional write to DynamoDB. @returns false when its condition did not hold. */
export async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await upstream('DynamoDB write', write);
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
}

function isTransient(error: SdkError): boolean {
  if (error instanceof RepriseError) return false;
  const status = error.$metadata?.httpStatusCode ?? 0;
  return (
    THROTTLED.has(error.name ?? '') ||
    UNREACHABLE.has(error.code ?? '') ||
    error.name === 'TimeoutError' ||
    error.$fault === 'server' ||
    status >= 500 ||
    status === 429
  );
}
