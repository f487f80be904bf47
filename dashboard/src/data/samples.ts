import { useRef } from 'react';
import type { AnswerOf } from './api';

/** What was seen of a pool while its page was open. */
export interface Sample {
  readonly at: number;
  readonly slots: number;
  readonly used: number;
  readonly waiting: number;
}

const KEPT = 900;
const seen: Sample[] = [];

/** Keeps what each answer says, for as long as this tab lives. */
export function useSamples(queue: AnswerOf<'getQueue'> | undefined): readonly Sample[] {
  const last = useRef<unknown>(undefined);
  if (queue && queue !== last.current) {
    last.current = queue;
    const slots = queue.workers.reduce((sum, worker) => sum + worker.slots, 0);
    const free = queue.workers.reduce((sum, worker) => sum + worker.free_slots, 0);
    const waiting = (queue.owners ?? []).reduce((sum, owner) => sum + owner.waiting_attempts, 0);
    const at = Date.now();
    if (at > (seen.at(-1)?.at ?? 0)) seen.push({ at, slots, used: slots - free, waiting });
    if (seen.length > KEPT) seen.splice(0, seen.length - KEPT);
  }
  return seen;
}
