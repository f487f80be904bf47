import { createGate } from '../adapters/gate';
import { type ReportingDeps, reportOn } from '../core/engine/reporting';
import type { ExecutionReporting } from '../core/ports/reporting';

export interface ReporterOptions extends Omit<ReportingDeps, 'reporting'> {
  /** Undefined where nothing is reported. */
  readonly reporting: ((signal: AbortSignal) => ExecutionReporting | undefined) | undefined;
  readonly warn: (message: string) => void;
}

export interface Reporter {
  /** Reports a job that is over, in its turn. Nobody waits for it. */
  readonly report: (jobId: string) => void;
  /** Ends what is under way. */
  readonly close: () => void;
}

/** Reports jobs one after the other: a daemon has more to do than to tell of what it did. */
export function createReporter({ reporting: of, warn, ...stores }: ReporterOptions): Reporter {
  const closing = new AbortController();
  const reporting = of?.(closing.signal);
  const inTurn = createGate(1);

  async function reportNow(jobId: string): Promise<void> {
    if (!reporting) return;
    try {
      if (closing.signal.aborted) throw new Error('the daemon stopped first');
      await reportOn({ ...stores, reporting }, jobId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      warn(
        `job ${jobId} was not reported: ${why}; \`reprise report ${jobId} --report-to URL\` does it again`,
      );
    }
  }

  return {
    report: (jobId) => void inTurn(() => reportNow(jobId)),
    close: () => closing.abort(),
  };
}
