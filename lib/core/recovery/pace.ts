/**
 * How often workers say that they live. A heartbeat over a connection is two messages, which are paid for, so workers that
 * have nothing to do speak the less often the more of them there are: together they are heard of as often, and cost the
 * same. Fewer than sixteen speak as often as those that work, as they are each other's only witnesses.
 */

/** Of a worker that has work, or serves an endpoint, in seconds; what every worker begins with. */
export const HEARTBEAT_SECONDS = 10;
/** Of fifty workers that wait: under half a dollar a day for all of them (docs/adr/0014-workers-pull.md). */
const LONGEST_SECONDS = 31;
/** Seconds between two heartbeats of a pool that waits. */
const SECONDS_PER_WORKER = 0.62;

/** What a worker promises that does not say, in milliseconds: those of earlier versions, over a connection and without. */
const UNSAID_MS = { pull: 40_000, push: 10_000 } as const;

/** Seconds between two heartbeats of a worker that waits over a connection. @param workers of its pool. */
export function idleSeconds(workers: number): number {
  return Math.min(LONGEST_SECONDS, Math.max(HEARTBEAT_SECONDS, Math.round(workers * SECONDS_PER_WORKER)));
}

/**
 * Until when a worker promises to be heard of again, in milliseconds since the epoch.
 * @param nextSeconds as it said itself.
 */
export function dueAfter(
  at: number,
  {
    nextSeconds,
    connectionId,
  }: { readonly nextSeconds?: number; readonly connectionId?: string | undefined },
): number {
  if (nextSeconds !== undefined) return at + nextSeconds * 1_000;
  return at + UNSAID_MS[connectionId === undefined ? 'push' : 'pull'];
}
