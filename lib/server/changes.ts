import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { JournalStore } from '../core/ports/stores';

type Hear = (stream: string) => void;

/** Who listens to what journals grow. */
export interface Changes {
  readonly listen: (hear: Hear) => () => void;
  /** The same journal, of which listeners hear when something was written to it. */
  readonly heard: <Journal extends Pick<JournalStore, 'append'>>(journal: Journal) => Journal;
}

export function createChanges(): Changes {
  const listeners = new Set<Hear>();
  return {
    listen(hear) {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
    heard: (journal) => ({
      ...journal,
      async append(stream, ...rest) {
        await journal.append(stream, ...rest);
        for (const hear of listeners) hear(stream);
      },
    }),
  };
}

/** A pause that can be ended, and then holds nothing. */
function napOf(ms: number): { readonly over: Promise<void>; readonly wake: () => void } {
  let wake: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, wake };
}

/** Changes of one stream that come closer together are told once. */
const TOGETHER_MS = 100;
/** So often at least something is said, so that either side notices when the other is gone. */
const BEAT_MS = 15_000;

/** Says what changes until the caller has heard enough. */
export function sendChanges(c: Context, { listen }: Changes): Response {
  return streamSSE(c, async (stream) => {
    const changed = new Set<string>();
    let wake: () => void = () => {};
    const silence = listen((name) => {
      changed.add(name);
      wake();
    });
    stream.onAbort(() => {
      silence();
      wake();
    });
    await stream.writeSSE({ event: 'beat', data: '' });
    while (!stream.aborted) {
      if (changed.size === 0) {
        const pause = napOf(BEAT_MS);
        wake = pause.wake;
        await pause.over;
      }
      if (stream.aborted) break;
      await stream.sleep(TOGETHER_MS);
      const names = [...changed];
      changed.clear();
      if (names.length === 0) await stream.writeSSE({ event: 'beat', data: '' });
      for (const name of names) await stream.writeSSE({ event: 'change', data: name });
    }
    silence();
  });
}
