import { LIMITS } from '../limits';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { whyNotRedriven } from './eligible';
import type { LetterEvent, LetterRedriven } from './events';
import type { GroupState, LetterState, RedriveOrder } from './state';

/** Letters in any minute, where an order does not say how many. */
export const DEFAULT_PER_MINUTE = 60;

const MINUTE_MS = 60_000;

/** Whether the order under way has something to do now. */
export function hasMore({ order }: ReadOnly<GroupState>, at: number): boolean {
  if (!order || order.canary !== undefined) return false;
  return order.until === undefined || at >= order.until;
}

/** What the order under way does next: hands out letters, is put off until the minute is over, or is at its end. */
export function advance(state: ReadOnly<GroupState>, at: number): LetterEvent[] {
  const { order } = state;
  if (!order || !hasMore(state, at)) return [];
  const { orderId, mode, proven, sent, force } = order;
  const ready = order.waiting.filter((id) => {
    const letter = state.letters.get(id);
    return letter !== undefined && whyNotRedriven(letter, force === true) === undefined;
  });
  if (ready.length === 0) return [{ type: 'redrive.completed', data: { orderId, sent } }];
  const { room, until } = allowance(order, at);
  if (room === 0) return [{ type: 'redrive.paused', data: { orderId, until } }];
  const canary = mode === 'canary' && !proven;
  const next = ready.slice(0, canary ? 1 : Math.min(room, LIMITS.retriedNodes));
  return together(state, next).flatMap((letters) => handedOut(state, order, { letters, canary }));
}

function handedOut(
  state: ReadOnly<GroupState>,
  { orderId, reason, input, force }: ReadOnly<RedriveOrder>,
  { letters, canary }: { readonly letters: readonly string[]; readonly canary: boolean },
): LetterEvent[] {
  const first = state.letters.get(letters[0] as string);
  const isMessage = first?.kind === 'message';
  const more = { jobId: isMessage ? undefined : first?.jobId, canary: canary || undefined, input, force };
  const data = { orderId, letters, reason, ...present(more) } as LetterRedriven;
  const event: LetterEvent = { type: 'letter.redriven', data };
  // Nobody says how a message was handled: should it be poisoned once more, it comes as a letter again.
  return isMessage ? [event, { type: 'letter.resolved', data: { letters, how: 'retried' } }] : [event];
}

/** How many more may go now, and when that changes. */
function allowance(order: ReadOnly<RedriveOrder>, at: number) {
  const { perMinute, recent } = order;
  const now = timeOf(order, at);
  const inMinute = recent.filter((each) => each.at > now - MINUTE_MS);
  const used = inMinute.reduce((sum, { count }) => sum + count, 0);
  return { room: Math.max(0, perMinute - used), until: (inMinute[0]?.at ?? now) + MINUTE_MS };
}

/** Clocks of two processes differ: time does not go back, and what was put off is due when its timer says so. */
function timeOf({ recent, until = 0 }: ReadOnly<RedriveOrder>, at: number): number {
  return Math.max(at, until, recent.at(-1)?.at ?? 0);
}

/** Notes that so many went at a time, and forgets what a minute has passed since. */
export function wentOut(order: RedriveOrder, count: number, at: number): void {
  const now = timeOf(order, at);
  const recent = order.recent.filter((each) => each.at > now - MINUTE_MS);
  const last = recent.at(-1);
  order.recent =
    last?.at === now
      ? [...recent.slice(0, -1), { at: now, count: last.count + count }]
      : [...recent, { at: now, count }];
}

/** Letters of one kind and job go in one message. */
function together({ letters }: ReadOnly<GroupState>, ids: readonly string[]): string[][] {
  const jobs = new Map<string, string[]>();
  for (const id of ids) {
    const { jobId = '', kind } = letters.get(id) as ReadOnly<LetterState>;
    const key = `${kind}/${jobId}`;
    jobs.set(key, [...(jobs.get(key) ?? []), id]);
  }
  return [...jobs.values()];
}
