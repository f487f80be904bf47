import { constants } from 'node:os';
import { LIMITS } from '../../../core/limits';
import type { AttemptReport } from '../../../core/messages/report';
import type { Failure } from '../../../core/model/failure';
import { present } from '../../../core/model/present';
import type { TestSummary } from '../../../core/model/test-results';
import type { Judgement } from '../../../reports/judge';
import type { AttemptFiles } from '../disk/attempt-files';
import { readClaim, readVerdict, recordedDuration } from './claim';
import { liveness } from './liveness';
import { logTail } from './logs';
import { type ReadOutputs, readOutputs } from './outputs';
import { recordedTests } from './reports/collect';

const MAX_MESSAGE = LIMITS.messageLength;

/** Nobody decided this ending: the machine stopped, or something killed the whole group. The job runs it again. */
const LOST: Failure = { kind: 'cancelled', message: 'the command ended without an exit status' };

interface Exit {
  readonly status: number;
  readonly hasNoOutputs?: true;
}

const NO_OUTPUTS: ReadOutputs = { outputs: {} };

/** `status`: exit status as the shell gives it: 128 + n when signal n ended the command. */
function reportOfExit(
  files: AttemptFiles,
  { status: code, hasNoOutputs }: Exit,
  durationMs: number,
  judgement: Judgement | undefined,
): AttemptReport {
  const tests = judgement?.tests;
  if (code !== 0) return failed(files, exitFailure(files, code), durationMs, tests);
  if (judgement?.fault !== undefined) {
    const failure: Failure = { kind: 'exit', message: clip(judgement.fault), exitCode: 0 };
    return failed(files, failure, durationMs, tests);
  }
  const read = hasNoOutputs ? NO_OUTPUTS : readOutputs(files.outputs);
  if ('outputs' in read)
    return { type: 'succeeded', durationMs, outputs: read.outputs, ...present({ tests }) };
  const failure: Failure = { kind: 'exit', message: clip(read.problem), exitCode: 0 };
  return { type: 'failed', durationMs, failure, ...present({ tests }) };
}

/** What it handed on before it failed is kept: how many tests failed, where the report is. */
function failed(
  files: AttemptFiles,
  failure: Failure,
  durationMs: number,
  tests: TestSummary | undefined,
): AttemptReport {
  const read = readOutputs(files.outputs);
  const outputs = 'outputs' in read && Object.keys(read.outputs).length > 0 ? read.outputs : undefined;
  return { type: 'failed', durationMs, failure, ...present({ outputs, tests }) };
}

function exitFailure(files: AttemptFiles, code: number): Failure {
  const signal = signalOf(code);
  const head = `exit status ${code}${signal ? ` (${signal})` : ''}`;
  const room = MAX_MESSAGE - head.length - 1;
  const tail = logTail(files.stderr, room) || logTail(files.stdout, room);
  const message = tail ? `${head}\n${tail}` : head;
  return { kind: 'exit', message, exitCode: code, ...(signal ? { signal } : {}) };
}

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}

export function clip(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}

/** Whether an attempt that somebody claimed is over: it left an exit status, or its process is gone. */
export function hasEnded(files: AttemptFiles): boolean {
  const { pid, status } = readClaim(files) ?? {};
  if (status !== undefined || pid === 0) return true;
  return pid === undefined ? liveness.processesOf(files).length === 0 : !liveness.isAlive(pid, files);
}

/** The report of an attempt that has ended, from its files alone. */
export function recordedReport(files: AttemptFiles): AttemptReport {
  const claim = readClaim(files) ?? {};
  const { status, hasNoOutputs } = claim;
  const ending = { verdict: readVerdict(files), status, ...present({ hasNoOutputs }) };
  return reportOf(files, ending, recordedDuration(files, claim), recordedTests(files));
}

export interface Ending {
  readonly verdict: Failure | undefined;
  /** Undefined when the command left none. */
  readonly status: number | undefined;
  readonly hasNoOutputs?: true;
}

export function reportOf(
  files: AttemptFiles,
  { verdict, status, hasNoOutputs }: Ending,
  durationMs: number,
  judgement: Judgement | undefined,
): AttemptReport {
  if (verdict) return failed(files, verdict, durationMs, judgement?.tests);
  if (status === undefined) return { type: 'failed', durationMs, failure: LOST };
  return reportOfExit(files, { status, ...present({ hasNoOutputs }) }, durationMs, judgement);
}
