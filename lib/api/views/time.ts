/** Milliseconds since the epoch as ISO 8601, in UTC. */
export const timeOf = (ms: number): string => new Date(ms).toISOString();

export const timeIfAny = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : timeOf(ms);
