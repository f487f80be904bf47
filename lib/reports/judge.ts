import { testName } from '../core/history/test-key';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import type { TestId, TestReport, TestSummary } from '../core/model/test-results';
import { type TestHistory, testsOf } from './history';
import { identityOf } from './identity';
import { verify } from './verify';

/** What a worker knows of an attempt whose command has ended. */
export interface Evidence {
  /** Exit status of the command. */
  readonly status: number;
  /** All reports together; undefined where none was left. */
  readonly report: TestReport | undefined;
  /** Of an attempt that was to run some tests only. */
  readonly rerun?: {
    readonly asked: readonly TestId[];
    readonly scope: NonNullable<TestSummary['rerun']>['scope'];
    readonly why: string;
  };
}

export interface Judgement {
  readonly tests: TestSummary;
  /** Why the attempt failed, though its command ended with 0. */
  readonly fault?: string;
}

/**
 * What the reports of an attempt say, against its exit status and against what was asked for. A rerun that ran nothing,
 * or less than was asked for, has not passed; and where results and exit status differ, the attempt has not either.
 */
export function judge({ status, report, rerun }: Evidence): Judgement {
  const tests = report ? testsOf(report) : [];
  const open = tests.filter((test) => test.status === 'failed' || test.status === 'unfinished');
  const faults = report ? faultsOf(status, tests, report) : ['it left no report of its tests'];
  const again = open.map(({ id }) => id);
  if (rerun && report) {
    const { unproven, failed } = verify(rerun.asked, report);
    again.push(...unproven, ...failed);
    if (unproven.length > 0) faults.push(unprovenText(unproven, rerun.asked.length));
    if (status !== 0 && again.length === 0 && faults.length === 0) {
      faults.push(`it ended with exit status ${status}, though every test that was asked for passed`);
    }
  } else if (rerun) again.push(...rerun.asked);
  return {
    tests: summaryOf({ tests, again, problems: [...(report?.problems ?? []), ...faults], rerun }),
    ...present({ fault: status === 0 ? faultText(faults, open, report) : undefined }),
  };
}

/** What speaks against a report, besides the failures that it has. */
function faultsOf(status: number, tests: readonly TestHistory[], report: TestReport): string[] {
  const failed = tests.some((test) => test.status === 'failed');
  if (status === 0 || failed || report.problems.length > 0) return [];
  // Also what a runner counts for a failure that is none of a test: a flaky test, a global teardown.
  if (tests.some((test) => test.status === 'unfinished')) return [];
  return [`it ended with exit status ${status}, and its report names no test that failed`];
}

function faultText(
  faults: readonly string[],
  open: readonly TestHistory[],
  report: TestReport | undefined,
): string | undefined {
  const failed = open.filter((test) => test.status === 'failed');
  const all = [
    ...faults,
    ...(failed.length > 0
      ? [`it ended with exit status 0, though ${named(failed.map(({ id }) => id))} failed`]
      : []),
    ...(report?.problems ?? []),
  ];
  return all.length === 0 ? undefined : all.join('\n').slice(0, LIMITS.messageLength);
}

function unprovenText(unproven: readonly TestId[], asked: number): string {
  const text = `of ${asked} tests to run again it proves nothing for ${named(unproven)}`;
  return text.slice(0, LIMITS.reasonLength);
}

function named(ids: readonly TestId[]): string {
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return `${ids.slice(0, 3).map(testName).join(', ')}${more}`;
}

interface Summed {
  readonly tests: readonly TestHistory[];
  readonly again: readonly TestId[];
  readonly problems: readonly string[];
  readonly rerun: Evidence['rerun'];
}

function summaryOf({ tests, again, problems, rerun }: Summed): TestSummary {
  const counts = { passed: 0, failed: 0, skipped: 0, unfinished: 0, flaky: 0 };
  for (const { status, isFlaky } of tests) {
    counts[status] += 1;
    if (isFlaky) counts.flaky += 1;
  }
  const distinct = [...new Map(again.map((id) => [identityOf(id), id])).values()];
  const failed = listed(distinct);
  return {
    counts,
    failed,
    unlisted: distinct.length - failed.length,
    problems: problems.slice(0, LIMITS.testProblems).map((problem) => problem.slice(0, LIMITS.reasonLength)),
    ...present({
      rerun: rerun && {
        asked: rerun.asked.length,
        scope: rerun.scope,
        why: rerun.why.slice(0, LIMITS.reasonLength),
      },
    }),
  };
}

/** As many as there is room for. */
function listed(ids: readonly TestId[]): TestId[] {
  const kept: TestId[] = [];
  let length = 2;
  for (const id of ids.slice(0, LIMITS.testsListed)) {
    length += JSON.stringify(id).length + 1;
    if (length > LIMITS.testsListedBytes) break;
    kept.push(id);
  }
  return kept;
}
