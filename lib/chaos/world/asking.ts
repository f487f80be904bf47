import { isRepriseError, isRetryable } from '../../core/errors';
import type { Address, Delivery } from '../../core/messages/address';
import { decide, type SomeProcess } from './decide';
import type { Ground } from './ground';
import type { Answer } from './process';

/** How long a person's client asks again where it gets no answer, as lib/adapters/http/engine-client.ts has it. */
const PATIENCE_MS = 30_000;
/** Between two tries, milliseconds; and half of it more, at random. */
const AGAIN_MS = 1_000;

export interface Asking {
  /** As the API does for a person: some process decides it now, beside whoever decides the queue of the stream. */
  readonly ask: (delivery: Delivery, id: string) => void;
  /** The same until it is done. */
  readonly insist: (delivery: Delivery, id: string) => void;
  /** As the API shows a person how something stands. */
  readonly look: (at: Address, id: string) => void;
  /** Questions that have no answer yet. */
  readonly open: () => number;
}

interface Question {
  readonly id: string;
  readonly kind: string;
  readonly patienceMs: number;
  readonly since: number;
  readonly put: () => Promise<Answer<unknown>>;
  readonly onAnswer?: () => void;
}

export function createAsking(ground: Ground, process: SomeProcess): Asking {
  const { time, faults, watch } = ground;
  let open = 0;

  async function put(question: Question, tries: number): Promise<void> {
    const { id, kind, patienceMs, since } = question;
    const answer = await question.put();
    const isDone = answer.kind === 'done';
    if (isDone) question.onAnswer?.();
    // A refusal is an answer.
    const isRefused = answer.kind === 'failed' && !isRetryable(answer.error);
    if (isRefused && !isRepriseError(answer.error)) watch.broke(answer.error, `asked for ${kind}`);
    const elapsedMs = time.now() - since;
    if (!isDone && !isRefused && elapsedMs < patienceMs) {
      const afterMs = AGAIN_MS * (1 + 0.5 * faults.lot(`again ${id} ${tries}`));
      time.setTimer(() => void put(question, tries + 1), afterMs);
      return;
    }
    open -= 1;
    watch.asked(kind, { tries, elapsedMs, since, isAnswered: isDone || isRefused });
  }

  function begin(question: Omit<Question, 'since'>): void {
    open += 1;
    void put({ ...question, since: time.now() }, 1);
  }

  const tell = (patienceMs: number) => (delivery: Delivery, id: string) => {
    const origin = { id, actor: { kind: 'user', id: 'ana' } } as const;
    begin({
      ...{ id, kind: delivery.message.type, patienceMs },
      put() {
        watch.sent(delivery, origin);
        return decide(ground, process, [{ delivery, origin }]);
      },
      onAnswer: () => watch.handled([delivery]),
    });
  };

  return {
    ask: tell(PATIENCE_MS),
    insist: tell(Number.POSITIVE_INFINITY),
    look: (at, id) =>
      begin({
        ...{ id, kind: 'look', patienceMs: PATIENCE_MS },
        async put() {
          const chosen = process(`${id} at ${time.now()}`);
          return chosen ? chosen.run(({ engine }) => engine.view(at as Address<'job'>)) : { kind: 'gone' };
        },
      }),
    open: () => open,
  };
}
