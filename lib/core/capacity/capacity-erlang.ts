/** A queue of Poisson arrivals, exponential services and servers that are alike (M/M/c). Rates are per millisecond. */
export interface Queue {
  readonly arrivals: number;
  readonly meanServiceMs: number;
  readonly servers: number;
}

/**
 * The probability that an arrival waits (Erlang C), by the stable recursion of Erlang B. 1 where the servers are no more than
 * the work offered. O(servers).
 */
function waitProbability({ arrivals, meanServiceMs, servers }: Queue): number {
  const offered = arrivals * meanServiceMs;
  if (offered >= servers) return 1;
  let blocking = 1;
  for (let n = 1; n <= servers; n++) blocking = (offered * blocking) / (n + offered * blocking);
  const utilization = offered / servers;
  return blocking / (1 - utilization * (1 - blocking));
}

/** What this share of arrivals waits at most, milliseconds; infinite where the queue has no end. */
export function waitQuantile(queue: Queue, share: number): number {
  const { arrivals, meanServiceMs, servers } = queue;
  const waits = waitProbability(queue);
  const spare = servers / meanServiceMs - arrivals;
  if (spare <= 0) return Number.POSITIVE_INFINITY;
  return waits <= 1 - share ? 0 : Math.log(waits / (1 - share)) / spare;
}

/** The fewest servers with which this share of arrivals waits no longer than `waitMs`. */
export function serversFor(
  { arrivals, meanServiceMs }: Omit<Queue, 'servers'>,
  { share, waitMs }: { readonly share: number; readonly waitMs: number },
): number {
  let servers = Math.max(1, Math.floor(arrivals * meanServiceMs) + 1);
  while (waitQuantile({ arrivals, meanServiceMs, servers }, share) > waitMs) servers += 1;
  return servers;
}
