import { attemptKey } from '../model/attempt';
import { grouped } from '../model/grouped';
import type { FlakeRate, FlakeVerdict } from './evidence';
import { shareInterval } from './interval';
import { type AttemptSample, sampleKey } from './samples';
import type { NamedTest } from './test-key';

/** Whether something passed at one time, for one input: an attempt of a node, or a test in it. */
export type Observation = Pick<AttemptSample, 'input' | 'jobId' | 'nodeId' | 'attempt' | 'at' | 'passed'>;

/** Interruptions of a passing input, each in another job, that prove a flake: one may be a break and its repair. */
const INTERRUPTIONS = 2;

/** Without a failure, and with a rate that is below this for all one knows, it is stable: after 35 attempts. */
const STABLE_BELOW = 0.1;

/** A flake whose rate is at least this for all one knows is proposed for quarantine. */
const PROPOSED_FROM = 0.05;

/** Of few attempts a single failure is a large share. */
const PROPOSED_FAILURES = 2;

/**
 * How often something fails though its input passes as well. Observations are taken by input, in the order of time. A run
 * of failures counts once a pass of the same input follows it; what fails since the last pass, or never passed, may be
 * broken and counts as neither. `flaky`: a retry in the same job passed, or passes were interrupted twice at least.
 * @param observations in any order.
 */
export function flakeRate(observations: readonly Observation[]): FlakeRate {
  let [attempts, failures, interruptions, retried] = [0, 0, 0, 0];
  for (const group of grouped(inOrder(observations), ({ input }) => input).values()) {
    const failed = new Set<string>();
    let [run, hasPassed] = [0, false];
    for (const each of group) {
      const place = `${each.jobId}/${each.nodeId}`;
      if (!each.passed) {
        failed.add(place);
        run += 1;
        continue;
      }
      attempts += run + 1;
      failures += run;
      if (failed.has(place)) retried += 1;
      else if (run > 0 && hasPassed) interruptions += 1;
      [run, hasPassed] = [0, true];
    }
  }
  const rate = attempts === 0 ? 0 : failures / attempts;
  const interval = shareInterval(failures, attempts);
  return { verdict: verdictOf(), attempts, failures, rate, ...interval };

  function verdictOf(): FlakeVerdict {
    if (retried > 0 || interruptions >= INTERRUPTIONS) return 'flaky';
    return failures === 0 && interval.high < STABLE_BELOW ? 'stable' : 'unknown';
  }
}

/**
 * Whether each pass came without a failure that its input does not explain, oldest first: what a change of the flake rate
 * is looked for in. What fails and never passes is broken and says nothing; so does the first failure of an input that had
 * not passed before.
 * @param observations in any order.
 * @returns true where a failure came before the pass, in the same job or between two passes of the same input.
 */
export function flakeTrials(observations: readonly Observation[]): boolean[] {
  const runs = new Map<string, { failed: Set<string>; run: number; hasPassed: boolean }>();
  return inOrder(observations).flatMap((each) => {
    const known = runs.get(each.input) ?? { failed: new Set<string>(), run: 0, hasPassed: false };
    runs.set(each.input, known);
    const place = `${each.jobId}/${each.nodeId}`;
    if (!each.passed) {
      known.failed.add(place);
      known.run += 1;
      return [];
    }
    const isFlake = known.failed.has(place) || (known.run > 0 && known.hasPassed);
    [known.run, known.hasPassed] = [0, true];
    return [isFlake];
  });
}

/** Whether people should be asked to quarantine it. */
export const isProposed = ({ verdict, failures, low }: FlakeRate): boolean =>
  verdict === 'flaky' && failures >= PROPOSED_FAILURES && low >= PROPOSED_FROM;

/** A test that failed in a window of attempts, with how often. */
export interface TestFlake extends NamedTest {
  readonly flake: FlakeRate;
}

/**
 * The tests that failed in attempts of some nodes; the nodes that a test ever failed in are those that run it. A test that an attempt ran and did not name as failed has passed there; a
 * rerun ran what failed before it only. An attempt that failed without naming all that failed tells of those it names.
 * @param window attempts, in any order.
 */
export function testFlakes(window: readonly AttemptSample[]): TestFlake[] {
  return testObservations(window).map(({ observations, ...test }) => ({
    ...test,
    flake: flakeRate(observations),
  }));
}

/** A test, and how it went in the attempts of a window. */
export interface ObservedTest extends NamedTest {
  readonly observations: readonly Observation[];
}

/** As `testFlakes`: the tests that failed in a window, each with what is known of it there. */
export function testObservations(window: readonly AttemptSample[]): ObservedTest[] {
  const names = new Map(window.flatMap(({ failed = [] }) => failed.map(({ key, name }) => [key, name])));
  const nodes = new Map<string, Set<string>>();
  for (const { node, failed = [] } of window) {
    for (const { key } of failed) nodes.set(key, (nodes.get(key) ?? new Set()).add(node));
  }
  const known = new Map(window.map((sample) => [attemptKey(sample), sample]));
  return [...names].map(([key, name]) => {
    const observations = window.flatMap((sample) => {
      if (!nodes.get(key)?.has(sample.node)) return [];
      const before = known.get(attemptKey({ ...sample, attempt: sample.attempt - 1 }));
      const passed = passedIn(sample, key, before);
      return passed === undefined ? [] : [{ ...sample, passed }];
    });
    return { key, name, observations };
  });
}

/** Whether a test passed in an attempt; undefined where that is not known. */
function passedIn(sample: AttemptSample, key: string, before?: AttemptSample): boolean | undefined {
  const names = ({ failed = [] }: AttemptSample) => failed.some((test) => test.key === key);
  if (names(sample)) return false;
  if (sample.rerun && !(before && names(before))) return undefined;
  if (sample.passed) return true;
  return sample.failed === undefined || sample.partial ? undefined : true;
}

function inOrder<T extends Observation>(observations: readonly T[]): T[] {
  const keyed = observations.map((each) => [sampleKey(each), each] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, each]) => each);
}
