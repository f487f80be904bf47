import type { CallbackOrigin } from '../adapters/http/engine-client';
import { isEnding } from '../contract/execution-wire';
import { isRepriseError } from '../core/errors';
import type { AttemptReport } from '../core/messages/report';
import type { AttemptRef } from '../core/model/attempt';
import { attemptKey } from '../core/model/attempt';
import type { Log } from './log';
import type { OpenAttempts } from './open-attempts';

export interface OutboxDeps {
  /** Sends one report; retries by itself what may be retried. @throws RepriseError when it is refused. */
  readonly send: (origin: CallbackOrigin, report: AttemptReport) => Promise<void>;
  readonly open: OpenAttempts;
  readonly log: Log;
}

/** Takes reports at once and delivers them to the engine in order per attempt, at least once. */
export interface Outbox {
  readonly report: (ref: AttemptRef, report: AttemptReport) => void;
  /** Resolves when nothing is left to deliver. */
  readonly drained: () => Promise<void>;
}

export function createOutbox({ send, open, log }: OutboxDeps): Outbox {
  const lines = new Map<string, { readonly last: Promise<void> }>();
  let enqueued = 0;

  function enqueue(ref: AttemptRef, report: AttemptReport): void {
    enqueued += 1;
    const key = attemptKey(ref);
    const last = (lines.get(key)?.last ?? Promise.resolve()).then(() => deliver(ref, report));
    lines.set(key, { last });
    void last.then(() => {
      if (lines.get(key)?.last === last && isEnding(report)) lines.delete(key);
    });
  }

  async function deliver(ref: AttemptRef, report: AttemptReport): Promise<void> {
    const attemptToken = open.get(ref)?.attempt_token;
    // Its end was delivered, or refused, before.
    if (attemptToken === undefined) return;
    try {
      await send({ ref, attemptToken }, report);
      if (isEnding(report)) open.remove(ref);
    } catch (error) {
      refused(ref, report, error);
    }
  }

  function refused(ref: AttemptRef, report: AttemptReport, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    log.error('report not taken', { attempt: attemptKey(ref), report: report.type, error: message });
    if (!isEnding(report) || !isRepriseError(error) || error.disposition !== 'terminal') return;
    // It is we who are refused: a restart with another token reports again.
    if (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN') return;
    if (report.type === 'succeeded' && error.code === 'INPUT_INVALID') {
      const failure = {
        kind: 'exit',
        message: `the engine refused the result: ${message}`.slice(0, 2_000),
      } as const;
      enqueue(ref, { type: 'failed', durationMs: report.durationMs, failure });
    } else if (report.type === 'failed' && report.outputs && error.code === 'INPUT_INVALID') {
      const { outputs: _, ...rest } = report;
      enqueue(ref, rest);
    } else open.remove(ref);
  }

  return {
    report: enqueue,
    async drained() {
      for (let before = 0; ; ) {
        await Promise.all([...lines.values()].map(({ last }) => last));
        if (before === enqueued) return;
        before = enqueued;
      }
    },
  };
}
