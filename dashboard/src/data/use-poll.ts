import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiError } from './api';
import { useChange } from './changes';

export interface Polled<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  /** Asks now, and not only when it is time. */
  readonly refresh: () => void;
}

/** Changes that come close together are one question. */
const TOGETHER_MS = 250;

/**
 * Asks again and again, and at once when the engine says that something changed; keeps the last good answer beside an error.
 * @param ask what is asked; another function is another question, whose answer does not stand beside the old one
 * @param everyMs milliseconds between an answer and the next question; 0 asks once
 * @param changes the streams whose changes matter, see `useChange`
 */
export function usePoll<T>(ask: () => Promise<T>, everyMs: number, changes?: string): Polled<T> {
  const [state, setState] = useState<{ ask?: unknown; data?: T; error?: ApiError }>({});
  const [turn, setTurn] = useState(0);
  const every = useRef(everyMs);
  every.current = everyMs;

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    async function again() {
      try {
        const data = await ask();
        if (isGone) return;
        setState({ ask, data });
      } catch (error) {
        if (isGone) return;
        setState((before) => ({ ...(before.ask === ask ? before : { ask }), error: error as ApiError }));
      }
      if (every.current > 0) timer = setTimeout(again, document.hidden ? 5 * every.current : every.current);
    }
    void again();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [ask, turn]);

  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onChange = useCallback(() => {
    if (soon.current !== undefined || document.hidden) return;
    soon.current = setTimeout(() => {
      soon.current = undefined;
      refresh();
    }, TOGETHER_MS);
  }, [refresh]);
  useEffect(() => () => clearTimeout(soon.current), []);
  useChange(changes, onChange);
  const isOwn = state.ask === ask;
  return { data: isOwn ? state.data : undefined, error: isOwn ? state.error : undefined, refresh };
}
