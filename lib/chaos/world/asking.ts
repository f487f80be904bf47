import { isRepriseError, isRetryable } from '../../core/errors';
import type { Delivery } from '../../core/messages/address';
import { decide, type SomeProcess } from './decide';
import type { Ground } from './ground';

/** How often a person who gets no answer asks again. */
const TRIES = 5;

export interface Asking {
  /** As the API does for a person: some process decides it now, beside whoever decides the queue of the stream. */
  readonly ask: (delivery: Delivery, id: string) => void;
  /** The same until it is done. */
  readonly insist: (delivery: Delivery, id: string) => void;
  /** Questions that have no answer yet. */
  readonly open: () => number;
}

export function createAsking(ground: Ground, process: SomeProcess): Asking {
  const { time, faults, watch } = ground;
  let open = 0;

  async function put(delivery: Delivery, id: string, tries: number): Promise<void> {
    const origin = { id, actor: { kind: 'user', id: 'ana' } } as const;
    watch.sent(delivery, origin);
    const answer = await decide(ground, process, [{ delivery, origin }]);
    if (answer.kind === 'done') {
      watch.handled([delivery]);
      open -= 1;
      return;
    }
    const isOver = answer.kind === 'failed' && !isRetryable(answer.error);
    if (isOver && !isRepriseError(answer.error))
      watch.broke(answer.error, `asked for ${delivery.message.type}`);
    if (isOver || tries <= 1) open -= 1;
    else time.setTimer(() => void put(delivery, id, tries - 1), 1_000 + 2_000 * faults.lot(`again ${id}`));
  }

  const begin = (tries: number) => (delivery: Delivery, id: string) => {
    open += 1;
    void put(delivery, id, tries);
  };
  return { ask: begin(TRIES), insist: begin(Number.POSITIVE_INFINITY), open: () => open };
}
