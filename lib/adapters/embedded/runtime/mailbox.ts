/** Lets other work of this turn finish first. Injected, so that a simulation stays on its own clock. */
export type Turn = () => Promise<void>;

export const nextTurn: Turn = () => new Promise((resolve) => setImmediate(resolve));

/** Messages for one receiver, handled in order and one batch at a time. */
export interface Mailbox<T> {
  readonly push: (message: T) => void;
}

/**
 * What arrives while a batch is handled forms the next one, whole: under load one append carries many messages,
 * and none waits for more than the batch before it.
 * @param onError receives what `handle` throws; the mailbox is dead from then on.
 * @param onIdle hears that nothing is left: another mailbox may take its place.
 */
export function createMailbox<T>(
  handle: (batch: readonly T[]) => Promise<void>,
  onError: (error: unknown) => void,
  turn: Turn = nextTurn,
  onIdle: () => void = () => undefined,
): Mailbox<T> {
  let pending: T[] = [];
  let running = false;
  let dead = false;

  async function run(): Promise<void> {
    try {
      while (pending.length > 0) {
        await turn();
        const batch = pending;
        pending = [];
        await handle(batch);
      }
      running = false;
      onIdle();
    } catch (error) {
      dead = true;
      pending = [];
      onError(error);
    }
  }

  return {
    push(message) {
      if (dead) return;
      pending.push(message);
      if (running) return;
      running = true;
      void run();
    },
  };
}
