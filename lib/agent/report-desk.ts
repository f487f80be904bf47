import type { CallbackOrigin, EngineClient, OriginatedReport } from '../adapters/http/engine-client';
import { MAX_REPORTS } from '../contract/executions';
import type { AttemptReport } from '../core/messages/report';
import type { Timing } from '../core/model/time';
import { retrying } from '../core/retry/retrying';

export interface ReportDeskDeps {
  readonly client: Pick<EngineClient, 'report'>;
  readonly workerId: string;
  readonly timing: Timing;
  /** Ends the waits for another try. */
  readonly signal?: AbortSignal;
}

interface Waiting extends OriginatedReport {
  readonly settle: (refusal: Error | undefined) => void;
}

/** Bytes of the reports of one call: half of what a body may have. */
const MAX_BYTES = 512 * 1024;
const BACKOFF = { strategy: 'exponential', initialDelayMs: 200, maxDelayMs: 10_000, jitter: 'full' } as const;

/**
 * Sends reports, those together that come while a call is under way: a worker with many slots makes few calls, and a report
 * that comes alone waits for nobody.
 * @returns sends one report. Rejects with the engine's refusal of it; what may pass is tried again.
 */
export function createReportDesk({ client, workerId, timing, signal }: ReportDeskDeps) {
  const waiting: Waiting[] = [];
  let isSending = false;

  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    // What is reported in the same moment goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await send(nextOf(waiting));
    isSending = false;
  }

  async function send(reports: readonly Waiting[]): Promise<void> {
    try {
      const refusals = await client.report(workerId, reports);
      for (const [i, { settle }] of reports.entries()) settle(refusals[i]);
    } catch (error) {
      for (const { settle } of reports) settle(error as Error);
    }
  }

  function once(origin: CallbackOrigin, report: AttemptReport): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (refusal: Error | undefined) => (refusal ? reject(refusal) : resolve());
      waiting.push({ origin, report, settle });
      void sendAll();
    });
  }

  return (origin: CallbackOrigin, report: AttemptReport): Promise<void> =>
    retrying(() => once(origin, report), { ...timing, backoff: BACKOFF, ...(signal && { signal }) });
}

/** Takes the reports of the next call. */
function nextOf(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let n = 0;
  while (n < Math.min(waiting.length, MAX_REPORTS)) {
    bytes += JSON.stringify(waiting[n]?.report).length;
    if (n > 0 && bytes > MAX_BYTES) break;
    n++;
  }
  return waiting.splice(0, n);
}
