import { performUnconfirmed } from '../../core/engine/outbox-relay';
import { isRepriseError, isRetryable } from '../../core/errors';
import type { JournalStore } from '../../core/ports/stores';
import type { Ground } from './ground';
import type { EngineProcess } from './process';

/** Time that the fast path gets, and between two tries; milliseconds. */
const DELAY_MS = 4_000;
const AGAIN_MS = 5_000;

export interface Relay {
  /** A stream has grown. */
  readonly look: (stream: string) => void;
  /** Streams that may have effects that are not performed. */
  readonly open: () => number;
}

/** The outbox relay: looks at every stream some time after it has grown, and again until all of it is confirmed. */
export function createRelay(
  ground: Ground,
  deps: {
    readonly journal: Pick<JournalStore, 'head'>;
    /** Some process that lives, if one does. */
    readonly process: (lot: string) => EngineProcess | undefined;
  },
): Relay {
  const { time, watch, say } = ground;
  const due = new Set<string>();
  let tries = 0;

  function look(stream: string, afterMs: number): void {
    if (due.has(stream)) return;
    due.add(stream);
    time.setTimer(() => void perform(stream), afterMs);
  }

  async function perform(stream: string): Promise<void> {
    tries += 1;
    const { seq } = await deps.journal.head(stream);
    const answer = await deps.process(`relay ${tries}`)?.run(async ({ ports, journal, engine }) => {
      const effectsOf: typeof engine.effectsOf = (name, events) => engine.effectsOf(name, events);
      return performUnconfirmed({ ports, journal, effectsOf, log: SILENT }, stream, seq);
    });
    due.delete(stream);
    if (answer?.kind === 'failed' && !(isRepriseError(answer.error) && isRetryable(answer.error)))
      watch.broke(answer.error, `performing ${stream}`);
    if (answer?.kind !== 'done') return look(stream, AGAIN_MS);
    if (answer.value > 0) say('relay', () => `performs ${answer.value} events of ${stream}`);
    const head = await deps.journal.head(stream);
    if (head.seq > seq) look(stream, DELAY_MS);
  }

  return { look: (stream) => look(stream, DELAY_MS), open: () => due.size };
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
