import { present } from '../core/model/present';
import type { TestStatus } from '../core/model/test-results';
import type { TestHistory, Try } from './history';
import type { Titled } from './write-junit';

interface Times {
  /** Of the first and after the last attempt, milliseconds since the epoch. */
  readonly start: number;
  readonly stop: number;
}

const STATUSES: Readonly<Record<TestStatus, string>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  unfinished: 'other',
};

/** One CTRF report of all attempts (https://ctrf.io, specification 0.0.0): every try but the last is a retry attempt. */
export function writeCtrf({ name, tests }: Titled, times: Times): string {
  const results = {
    tool: { name: tests[0]?.id.runner || 'unknown' },
    summary: ctrfSummary(tests, times),
    tests: tests.map(ctrfTest),
  };
  return ctrfText(ctrfDocument({ results, extra: { node: name } }));
}

const HEAD = { reportFormat: 'CTRF', specVersion: '0.0.0', generatedBy: 'reprise' } as const;

export const ctrfDocument = <T extends object>(document: T): typeof HEAD & T => ({ ...HEAD, ...document });

export const ctrfText = (document: object): string => `${JSON.stringify(document, null, 1)}\n`;

export function ctrfSummary(tests: readonly TestHistory[], { start, stop }: Times) {
  const of = (status: TestStatus) => tests.filter((test) => test.status === status).length;
  return {
    tests: tests.length,
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    pending: 0,
    other: of('unfinished'),
    flaky: tests.filter(({ isFlaky }) => isFlaky).length,
    start: Math.round(start),
    stop: Math.round(stop),
  };
}

export function ctrfTest({ id, tries, status, isFlaky, why }: TestHistory) {
  const { title, suites, file, project, occurrence } = id;
  const last = tries.at(-1);
  const earlier = tries.slice(0, -1).map(attemptOf);
  return {
    name: (occurrence === undefined ? title : `${title} (${occurrence})`) || '(no title)',
    status: STATUSES[status],
    duration: Math.round(last?.durationMs ?? 0),
    ...present({
      suite: suites.length > 0 ? suites : undefined,
      message: status === 'failed' ? (last?.message ?? why) : (why ?? last?.message),
      filePath: file,
      line: last?.line,
      browser: project,
    }),
    ...(earlier.length > 0 ? { retries: earlier.length, retryAttempts: earlier } : {}),
    ...(isFlaky ? { flaky: true } : {}),
  };
}

function attemptOf({ status, durationMs, message, line }: Try, i: number): object {
  const duration = durationMs === undefined ? undefined : Math.round(durationMs);
  return { attempt: i + 1, status: STATUSES[status], ...present({ duration, message, line }) };
}
