import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiError } from './api';

export interface Polled<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  /** Asks now, and not only when it is time. */
  readonly refresh: () => void;
}

/**
 * Asks again and again, and keeps the last good answer beside an error.
 * @param ask what is asked; another function is another question, whose answer does not stand beside the old one
 * @param everyMs milliseconds between an answer and the next question; 0 asks once
 */
export function usePoll<T>(ask: () => Promise<T>, everyMs: number): Polled<T> {
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
  const isOwn = state.ask === ask;
  return { data: isOwn ? state.data : undefined, error: isOwn ? state.error : undefined, refresh };
}
