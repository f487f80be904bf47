/** What comes within this time is one press of Ctrl-C, in milliseconds. */
const ONE_PRESS_MS = 500;

export interface SignalHandlers {
  readonly first: (signal: NodeJS.Signals) => void;
  /** Of every signal that comes after the first, and not with it. */
  readonly again: (signal: NodeJS.Signals) => void;
}

/**
 * Hears of SIGINT and SIGTERM. A terminal tells all of its programs of one Ctrl-C, and npm tells those that it started once
 * more (`npm run`, `npx`): what comes within half a second of the first is the same press.
 * @returns ends it: from then on a signal ends the process, as by default.
 */
export function onSignals({ first, again }: SignalHandlers, clock: () => number = Date.now): () => void {
  let since: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined) {
      if (clock() - since >= ONE_PRESS_MS) again(signal);
      return;
    }
    since = clock();
    first(signal);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
