import { EventSourceParserStream } from 'eventsource-parser/stream';
import { useEffect, useSyncExternalStore } from 'react';
import { apiBase, tokenOfTab } from './session';

/**
 * What changed, as the engine says it: server-sent events where its host has them, else the views ask again and again. The stream is read
 * by `fetch`, as an `EventSource` cannot send a token.
 */
export type Liveness = 'connecting' | 'streaming' | 'polling' | 'lost';

type Hear = (stream: string) => void;

const hearers = new Set<Hear>();
const watchers = new Set<() => void>();
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

let liveness: Liveness = 'connecting';
let reading: AbortController | undefined;

function become(next: Liveness): void {
  if (next === liveness) return;
  liveness = next;
  for (const watch of watchers) watch();
}

/** Reads the stream until it is ended by `abort`, and begins anew when the connection is lost. */
async function read(signal: AbortSignal): Promise<void> {
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${tokenOfTab() ?? ''}`, accept: 'text/event-stream' };
      const { ok, status, body } = await fetch(`${apiBase()}/changes`, { headers, signal });
      if (!ok || !body) {
        // No stream here: whoever asks again and again hears of it too.
        if (status !== 429 && status < 500) return become('polling');
        throw new Error(`status ${status}`);
      }
      become('streaming');
      waitMs = FIRST_WAIT_MS;
      await hear(body);
    } catch {
      if (signal.aborted) return;
    }
    become('lost');
    await new Promise((wake) => setTimeout(wake, waitMs));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

async function hear(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (value.event === 'change') for (const each of hearers) each(value.data);
  }
}

/** Listens from now on; called when somebody has signed in. */
export function beginListening(): () => void {
  reading?.abort();
  reading = new AbortController();
  const { signal } = reading;
  become('connecting');
  void read(signal);
  return () => reading?.abort();
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    () => liveness,
  );
}

/** @param of the beginning of the streams that matter, such as `job/01J...`; every one where it is empty */
export function useChange(of: string | undefined, onChange: () => void): void {
  useEffect(() => {
    if (of === undefined) return;
    const listener: Hear = (stream) => {
      if (stream.startsWith(of)) onChange();
    };
    hearers.add(listener);
    return () => void hearers.delete(listener);
  }, [of, onChange]);
}
