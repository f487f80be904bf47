import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProcessExecutor,
  type ProcessExecutor,
  type ProcessExecutorOptions,
} from '../../../../../lib/adapters/embedded/process/executor';
import type { AttemptReport } from '../../../../../lib/core/messages/report';
import type { AttemptRef } from '../../../../../lib/core/model/attempt';
import type { AttemptRequest } from '../../../../../lib/core/ports/execution';

/** An executor with all that it reported. */
export interface Harness {
  readonly dir: string;
  readonly executor: ProcessExecutor;
  readonly reports: { readonly ref: AttemptRef; readonly report: AttemptReport }[];
  /** The final report of an attempt, once there. */
  readonly ending: (nodeId?: string, attempt?: number) => Promise<AttemptReport>;
  readonly run: (command: string, over?: Partial<AttemptRequest>) => Promise<AttemptReport>;
}

const harnesses: Harness[] = [];

export function harness(options: Partial<ProcessExecutorOptions> = {}): Harness {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'reprise-executor-'));
  const reports: Harness['reports'] = [];
  const executor = createProcessExecutor({
    clock: Date.now,
    onReport: (ref, report) => void reports.push({ ref, report }),
    graceMs: 200,
    ...options,
    dir,
  });
  const ending = (nodeId = 'a', attempt = 1) =>
    until(
      () =>
        reports.find(
          ({ ref, report }) =>
            ref.nodeId === nodeId &&
            ref.attempt === attempt &&
            (report.type === 'succeeded' || report.type === 'failed'),
        )?.report,
      `the end of ${nodeId}`,
    );
  const run = async (command: string, over: Partial<AttemptRequest> = {}) => {
    await executor.submit(request(command, over));
    return ending(over.nodeId, over.attempt);
  };
  const made = { dir, executor, reports, ending, run };
  harnesses.push(made);
  return made;
}

/** Ends what tests left behind; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const { executor, dir } of harnesses.splice(0)) {
    await executor.killAll('test is over', 0);
    await executor.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function request(command: string, over: Partial<AttemptRequest> = {}): AttemptRequest {
  return {
    jobId: 'job',
    nodeId: 'a',
    attempt: 1,
    work: { kind: 'command', run: command },
    timeoutMs: 20_000,
    traceId: 'trace',
    ...over,
  };
}

/** Polls until `probe` gives something; fails after 15 s and says what was awaited. */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
) {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited 15 s for ${what}`);
}

export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process runs; a zombie does not. */
export function runs(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat !== '' && !/\) [ZX] /.test(stat);
}
