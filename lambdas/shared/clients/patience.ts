/**
 * How long a call of AWS may take, in milliseconds, so that a dead socket costs one try of three and not the invocation.
 * Without the last of these a request that takes too long is only warned of.
 */
export const PATIENCE = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
