import type { WorkItem } from '../../core/messages/pool';
import { attemptKey } from '../../core/model/attempt';
import type { Failure } from '../../core/model/failure';
import type { Outputs } from '../../core/model/outputs';
import type { TestId, TestSummary } from '../../core/model/test-results';
import { pick } from '../draw';
import type { FaultPlan } from '../faults';

/** How an attempt goes when nothing comes in its way. */
export interface Script {
  readonly ms: number;
  /** Absent where it succeeds. */
  readonly failure?: Failure;
  readonly outputs: Outputs;
  readonly tests?: TestSummary;
}

/** What failures say, in the words of those who have them. Transient ones first: see `TRANSIENT`. */
const MESSAGES = [
  'Error: connect ECONNREFUSED 10.0.0.7:5432',
  'Error: read ECONNRESET',
  'HTTP 429 Too Many Requests, Retry-After: 3',
  'HTTP 503 Service Unavailable from upstream payments',
  'npm ERR! network request to https://registry.npmjs.org failed, reason: getaddrinfo EAI_AGAIN',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'exit status 1',
  'expect(received).toBe(expected) // Object.is equality\n\nExpected: 2\nReceived: 3',
  "Error: Cannot find module './helper'",
  'HTTP 401 Unauthorized: invalid token',
] as const;
const TRANSIENT = 6;

/** Of attempts: those that fail for once, and of nodes: those that fail however often they are tried. */
const FAILS_ONCE = 0.12;
const FAILS_ALWAYS = 0.05;
/** The same of attempts to undo a node. */
const UNDOING_FAILS_ONCE = 0.25;
const UNDOING_FAILS_ALWAYS = 0.06;
/** Of those that fail always: those whose cause is mended some minutes after the world began. */
const MENDED = 0.5;
const MENDED_MS = 12 * 60_000;

/** What a person has a node run in place of its command: it fails for once at most. */
export const EDITED_RUN = 'run it another way';

/**
 * How attempts go: the same for the same seed, job, node and attempt.
 * @param isDown whether a dependency that the node names is not well. @param elapsedMs since the world began.
 */
export function scriptOf(
  faults: FaultPlan,
  work: WorkItem,
  { isDown, elapsedMs }: { readonly isDown: boolean; readonly elapsedMs: number },
): Script {
  const key = attemptKey(work);
  const lot = (what: string) => faults.lot(`${what} ${key}`);
  const ms = 300 + Math.floor(60_000 * lot('duration') ** 3);
  const outputs = { flag: lot('flag') < 0.7 };
  const run = work.work?.kind === 'command' ? work.work : undefined;
  const undoes = run?.compensates !== undefined;
  const of = `${undoes ? 'undoing ' : ''}${work.jobId}/${work.nodeId}`;
  const isMended =
    run?.run === EDITED_RUN ||
    (faults.lot(`mended ${of}`) < MENDED && elapsedMs > MENDED_MS * faults.lot(`mended when ${of}`));
  const isHopeless =
    !isMended && faults.lot(`hopeless ${of}`) < (undoes ? UNDOING_FAILS_ALWAYS : FAILS_ALWAYS);
  const fails = isDown || isHopeless || lot('fails') < (undoes ? UNDOING_FAILS_ONCE : FAILS_ONCE);
  const tests = testsOf(faults, key, fails);
  if (!fails) return { ms, outputs, ...tests };
  return { ms, outputs, failure: failureOf(lot('failure'), { isDown, isHopeless }), ...tests };
}

function failureOf(lot: number, { isDown, isHopeless }: { isDown: boolean; isHopeless: boolean }): Failure {
  const known = isDown
    ? MESSAGES.slice(3, 4)
    : isHopeless
      ? MESSAGES.slice(TRANSIENT)
      : MESSAGES.slice(0, TRANSIENT);
  return { kind: 'exit', exitCode: 1, message: pick(known, lot) };
}

const TEST: TestId = { runner: 'jest', file: 'a.spec.ts', suites: [], title: 'adds' };

/** A report of tests says what the attempt does, or lies. */
function testsOf(faults: FaultPlan, key: string, fails: boolean): { tests?: TestSummary } {
  const lies = faults.strikes('lyingReport', key);
  if (!lies && faults.lot(`reports ${key}`) < 0.8) return {};
  const saysFailed = fails !== lies;
  const counts = { passed: 3, failed: saysFailed ? 1 : 0, skipped: 0, unfinished: 0, flaky: lies ? 1 : 0 };
  return { tests: { counts, failed: saysFailed ? [TEST] : [], unlisted: 0, problems: [] } };
}
