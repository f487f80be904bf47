import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { LIMITS } from '../../../../core/limits';
import type { Failure } from '../../../../core/model/failure';
import type { TestReport, TestSummary } from '../../../../core/model/test-results';
import { type Judgement, judge } from '../../../../reports/judge';
import type { AttemptFiles } from '../../disk/attempt-files';
import { PRIVATE_FILE } from '../../disk/privacy';
import { masked } from '../raw-outputs';
import type { TestPlan } from './plan';
import { type Found, foundReports, readReports } from './read';

/** An attempt whose command has ended. */
export interface Ended {
  readonly files: AttemptFiles;
  readonly plan: TestPlan;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined when the command left none. */
  readonly status: number | undefined;
  /** Why it was stopped, where it was. */
  readonly verdict: Failure | undefined;
  /** Values that must not be seen; undefined where nobody knows them any more. */
  readonly secrets: readonly string[] | undefined;
}

/** What `<attempt>.results` holds, for those who merge the attempts of a node. */
export interface KeptResults {
  readonly isRerun: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly report: TestReport;
}

/**
 * Reads the reports of an attempt and judges them, once: whoever asks again gets what was found then, as the files may
 * be those of a later attempt by now. Each is kept with the attempt, under a name of its own.
 */
export function settleTests(ended: Ended): Judgement | undefined {
  const { files, plan, startedAt, status, verdict, secrets } = ended;
  const known = recordedTests(files);
  if (known) return known;
  // Nobody knows how it ended, so its node runs again as it was.
  if (status === undefined && !verdict) return undefined;
  if (secrets === undefined) return undefined;
  const { found, problems } = foundReports(plan, startedAt);
  const seen = found.map((file) => ({ ...file, bytes: shown(file.bytes, secrets) }));
  keep(files, seen);
  const read = readReports(seen, plan) ?? (problems.length > 0 ? { results: [], problems: [] } : undefined);
  const report = read && { ...read, problems: [...problems, ...read.problems] };
  const judgement = judgementOf(ended, report);
  if (report) {
    const results: KeptResults = { isRerun: plan.rerun !== undefined, startedAt, report };
    writeFileSync(files.results, JSON.stringify(results), { mode: PRIVATE_FILE });
  }
  writeFileSync(files.tests, `${JSON.stringify(judgement)}\n`, { mode: PRIVATE_FILE });
  if (plan.rerun && plan.rerun.how.scope !== 'whole') {
    for (const { path } of plan.rerun.how.files ?? []) rmSync(path, { force: true });
  }
  return judgement;
}

function judgementOf({ plan, status, verdict }: Ended, report: TestReport | undefined): Judgement {
  const rerun = plan.rerun && {
    asked: plan.rerun.asked,
    scope: plan.rerun.how.scope,
    why: plan.rerun.how.why,
  };
  const { tests, ...rest } = judge({ status: status ?? 1, report, ...(rerun ? { rerun } : {}) });
  if (!verdict) return { tests, ...rest };
  const why = `it was stopped: ${verdict.message}`.slice(0, LIMITS.reasonLength);
  return { tests: { ...tests, problems: [why, ...tests.problems].slice(0, LIMITS.testProblems) } };
}

/** What was found when the attempt ended; undefined where it has no reports, or has not ended. */
export function recordedTests({ tests }: AttemptFiles): { tests: TestSummary; fault?: string } | undefined {
  if (!statSync(tests, { throwIfNoEntry: false })) return undefined;
  const text = readFileSync(tests, 'utf8');
  return text.endsWith('\n') ? JSON.parse(text) : undefined;
}

function keep({ report }: AttemptFiles, found: readonly Found[]): void {
  found.forEach(({ bytes }, i) => {
    writeFileSync(`${report}.${i + 1}`, bytes, { mode: PRIVATE_FILE });
  });
}

function shown(bytes: Buffer, secrets: readonly string[]): Buffer {
  return secrets.length === 0 ? bytes : masked(bytes, secrets);
}
