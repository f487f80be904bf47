import type { StrategyEffect } from '../../lib/core/history/evidence';
import type { FailureClass } from '../../lib/core/model/failure';
import type { RetryPlan, RetryStrategy } from '../../lib/core/model/retry-policy';
import type { RetryFacts } from '../../lib/core/retry/facts';
import { chooseStrategy } from '../../lib/core/retry/strategy';
import { seededRandom } from './graphs';
import { diagnosisOf, policyOf } from './retry-facts';

/** Chances that a retry helps, by its strategy. */
type Chances = Readonly<Partial<Record<RetryStrategy, number>>>;

/** Something that goes wrong, and how often among all that does. */
interface Fault {
  readonly name: string;
  readonly share: number;
  readonly class: FailureClass;
  readonly chances: Chances;
  /** Its node has reports that tell which tests failed. */
  readonly reports?: true;
}

/** The mix of faults of docs/retries.md. What is not listed there helps as `again` does. */
const FAULTS: readonly Fault[] = [
  { name: 'connection lost', share: 0.2, class: 'network', chances: { again: 0.9 } },
  {
    name: 'name service of one worker broken',
    share: 0.04,
    class: 'network',
    chances: { again: 0.15, elsewhere: 0.95 },
  },
  { name: 'step too slow for once', share: 0.14, class: 'timeout', chances: { again: 0.75 } },
  { name: 'too little processor', share: 0.04, class: 'timeout', chances: { again: 0.2, bigger: 0.95 } },
  { name: 'rate limit', share: 0.08, class: 'rate-limit', chances: { again: 0.85 } },
  { name: 'service restarts', share: 0.1, class: 'dependency', chances: { again: 0.75 } },
  { name: 'browser died', share: 0.08, class: 'infrastructure', chances: { again: 0.8, elsewhere: 0.85 } },
  {
    name: 'disk of the worker full',
    share: 0.05,
    class: 'infrastructure',
    chances: { again: 0.15, elsewhere: 0.97 },
  },
  {
    name: 'out of memory',
    share: 0.06,
    class: 'resource',
    chances: { again: 0.1, elsewhere: 0.15, bigger: 0.96 },
  },
  { name: 'flaky test', share: 0.07, class: 'assertion', chances: { again: 0.6, tests: 0.8 }, reports: true },
  { name: 'exit 1, by chance', share: 0.03, class: 'unknown', chances: { again: 0.7 } },
  { name: 'exit 1, for good', share: 0.02, class: 'unknown', chances: { again: 0 } },
  { name: 'product at fault', share: 0.05, class: 'assertion', chances: { again: 0 } },
  { name: 'test at fault', share: 0.02, class: 'test-code', chances: { again: 0 } },
  { name: 'setting missing', share: 0.01, class: 'configuration', chances: { again: 0 } },
  { name: 'credentials refused', share: 0.01, class: 'auth', chances: { again: 0 } },
];

/** Failures of each fault come under so many signatures. */
const SIGNATURES = 3;
/** Of the diagnoses, so many name a wrong class; they are less sure of it. */
const MISTAKEN = 0.03;
/** As lib/core/history keeps them. */
const WINDOW = 200;

const ATTEMPT_MS = 60_000;
/** Until there is room: for any attempt, on another worker, for more of it. */
const ROOM_MS: Readonly<Record<RetryStrategy, number>> = {
  again: 0,
  tests: 0,
  wait: 0,
  elsewhere: 5_000,
  bigger: 20_000,
};
/** Of its own: only the tests that failed run. */
const RERUN_SHARE = 0.2;
/** A person looks at a failure that a retry would have mended, and starts the job anew. */
const PERSON_MS = 15 * 60_000;

/** How a failed node goes on: what the decider would have done, or always the same. */
export type Selector = (facts: RetryFacts) => RetryPlan | undefined;

const selecting =
  (explore?: number): Selector =>
  (facts) => {
    const verdict = chooseStrategy({ ...facts, ...(explore !== undefined && { explore }) });
    return verdict.retry ? verdict.plan : undefined;
  };

const always =
  (strategy: RetryStrategy): Selector =>
  (facts) => {
    const known = chooseStrategy({ ...facts, policy: { ...facts.policy, on: 'any' } });
    return known.retry ? { ...known.plan, strategy } : undefined;
  };

/** What retries of a load came to. Times are milliseconds. */
export interface Account {
  readonly failures: number;
  /** That some retry could have mended. */
  readonly retryable: number;
  readonly resolved: number;
  readonly retries: number;
  /** Waits, retries that failed, and people's time for what was given up though a retry could have mended it. */
  readonly lostMs: number;
}

/** Where failures come from: the `i`th of them. */
export interface Load {
  readonly next: (random: () => number, i: number) => Failing;
}

interface Failing {
  readonly signature: string;
  readonly class: FailureClass;
  readonly confidence: number;
  readonly isRetryable: boolean;
  readonly reports?: true | undefined;
  readonly chanceOf: (strategy: RetryStrategy) => number;
}

export function simulate(
  load: Load,
  selector: Selector,
  { seed, failures }: { seed: number; failures: number },
): Account {
  const random = seededRandom(seed);
  // What is drawn for the load does not depend on what is chosen.
  const fate = seededRandom(seed + 1);
  const history = createHistory();
  let [retryable, resolvedAll, retries, lostMs] = [0, 0, 0, 0];
  for (let i = 0; i < failures; i++) {
    const failing = load.next(fate, i);
    if (failing.isRetryable) retryable += 1;
    let isResolved = false;
    let last: RetryPlan | undefined;
    for (let failed = 1; !isResolved; failed++) {
      const plan = selector(factsOf(failing, failed, last, history.of(failing.signature), random()));
      if (!plan) break;
      const strategy = plan.strategy ?? 'again';
      const waitedMs = plan.delayMs + ROOM_MS[strategy];
      const spentMs = ATTEMPT_MS * (strategy === 'tests' ? RERUN_SHARE : 1);
      isResolved = random() < failing.chanceOf(strategy);
      lostMs += waitedMs + (isResolved ? 0 : spentMs);
      retries += 1;
      history.add(failing.signature, {
        class: failing.class,
        strategy,
        resolved: isResolved,
        waitedMs,
        spentMs,
      });
      last = plan;
    }
    if (isResolved) resolvedAll += 1;
    else if (failing.isRetryable) lostMs += PERSON_MS;
  }
  return { failures, retryable, resolved: resolvedAll, retries, lostMs };
}

const POLICY = policyOf({
  jitter: 'full',
  maxAttempts: 5,
  bigger: { factor: 2, most: { slots: 8 } },
});

function factsOf(
  { signature, confidence, reports, ...failing }: Failing,
  failures: number,
  last: RetryPlan | undefined,
  ofSignature: readonly StrategyEffect[],
  random: number,
): RetryFacts {
  return {
    ...{ policy: POLICY, type: 'STANDARD', failures, at: 0, since: 0, last, random },
    diagnosis: { ...diagnosisOf(failing.class, confidence), signature },
    evidence: { ofSignature },
    workerId: `w${failures}`,
    resources: { slots: 1 },
    ...(reports && { tests: [{ runner: 'jest', suites: [], title: 'adds' }] }),
  };
}

interface Sample {
  readonly class: FailureClass;
  readonly strategy: RetryStrategy;
  readonly resolved: boolean;
  readonly waitedMs: number;
  readonly spentMs: number;
}

/** The latest retries after failures of each signature, summed up. */
function createHistory() {
  const kept = new Map<string, { samples: Sample[]; sums: Map<string, StrategyEffect> }>();

  function count(sums: Map<string, StrategyEffect>, sample: Sample, sign: 1 | -1): void {
    const { class: of, strategy, resolved, waitedMs, spentMs } = sample;
    const key = `${of}/${strategy}`;
    const sum = sums.get(key);
    const attempts = (sum?.attempts ?? 0) + sign;
    if (attempts === 0) {
      sums.delete(key);
      return;
    }
    sums.set(key, {
      ...{ class: of, strategy, attempts, slotMs: 0 },
      resolved: (sum?.resolved ?? 0) + sign * Number(resolved),
      waitedMs: (sum?.waitedMs ?? 0) + sign * waitedMs,
      spentMs: (sum?.spentMs ?? 0) + sign * spentMs,
    });
  }

  return {
    add(signature: string, sample: Sample): void {
      const known = kept.get(signature) ?? {
        samples: [] as Sample[],
        sums: new Map<string, StrategyEffect>(),
      };
      kept.set(signature, known);
      known.samples.push(sample);
      count(known.sums, sample, 1);
      if (known.samples.length > WINDOW) count(known.sums, known.samples.shift() as Sample, -1);
    },
    of: (signature: string): StrategyEffect[] => [...(kept.get(signature)?.sums.values() ?? [])],
  };
}

const isHelped = ({ chances }: Fault): boolean => Object.values(chances).some((chance) => chance > 0);

/** @param draw uniform in [0, 1). */
function faultAt(draw: number): Fault {
  let sum = 0;
  const found = FAULTS.find(({ share }) => {
    sum += share;
    return draw < sum;
  });
  return found ?? (FAULTS[0] as Fault);
}

/** Failures as they come, each signature of them alike. */
export const mixedLoad: Load = {
  next(random) {
    const fault = faultAt(random());
    const signature = `${fault.name}/${Math.floor(random() * SIGNATURES)}`;
    const isMistaken = random() < MISTAKEN;
    const [sure, other] = [random(), random()];
    const classes = FAULTS.map((each) => each.class);
    return {
      signature,
      class: isMistaken ? (classes[Math.floor(other * classes.length)] as FailureClass) : fault.class,
      confidence: isMistaken ? 0.4 + 0.5 * sure : 0.8 + 0.2 * sure,
      isRetryable: isHelped(fault),
      reports: fault.reports,
      chanceOf: (strategy) => fault.chances[strategy] ?? fault.chances.again ?? 0,
    };
  },
};

/** A signature whose better strategy changes as soon as it could have been learned: every so many failures. */
const flippingLoad = (every: number, [good, bad]: readonly [number, number] = [0.9, 0.1]): Load => ({
  next: (random, i) => {
    random();
    const isAgain = Math.floor(i / every) % 2 === 1;
    return {
      ...{ signature: 'flips', class: 'network', confidence: 0.95, isRetryable: true },
      chanceOf: (strategy) => ((strategy === 'again') === isAgain ? good : bad),
    };
  },
});

/** An adversary that lets what is tried for the first time help until it is preferred, and then no more. */
function baitingLoad(againHelps: number): Load {
  let others = 0;
  return {
    next: () => ({
      ...{ signature: 'bait', class: 'network', confidence: 0.95, isRetryable: true },
      chanceOf: (strategy) => {
        if (strategy === 'again') {
          others = Math.max(0, others - 1);
          return againHelps;
        }
        // Once is exploration; twice in a row, but for the ones in between, is a preference.
        others += 2;
        return others <= 3 ? 1 : 0;
      },
    }),
  };
}

/** Nothing helps until that is believed, then everything does. */
const revivingLoad = (every: number): Load => ({
  next: (_random, i) => {
    const helps = Math.floor(i / every) % 2 === 1;
    return {
      ...{ signature: 'revives', class: 'network', confidence: 0.95, isRetryable: helps },
      chanceOf: () => (helps ? 0.9 : 0),
    };
  },
});

/** The share that explores, in what docs/retries.md says of learning. */
const EXPLORE = 0.05;

/** Selectors by name: the same for every failure, by the class of each, and by what history says besides. */
export const FIXED: readonly (readonly [string, Selector])[] = (
  ['again', 'elsewhere', 'bigger'] as const
).map((strategy) => [`always ${strategy}`, always(strategy)] as const);
export const BY_CLASS = selecting();
export const LEARNED = selecting(EXPLORE);

/** Loads that are made to mislead what learns. */
const ADVERSARIES: readonly (readonly [string, () => Load])[] = [
  ...[5, 20, 100, 500].map(
    (every) =>
      [`the better of 90 % and 10 % changes every ${every} failures`, () => flippingLoad(every)] as const,
  ),
  ...[20, 50, 150].map(
    (every) =>
      [
        `the better of 80 % and 60 % changes every ${every} failures`,
        () => flippingLoad(every, [0.8, 0.6]),
      ] as const,
  ),
  ...[0.5, 0.8, 0.95].map(
    (helps) =>
      [
        `what is explored helps until it is preferred, again in ${helps * 100} %`,
        () => baitingLoad(helps),
      ] as const,
  ),
  ...[20, 40, 100, 500].map(
    (every) => [`nothing helps, then all does, every ${every} failures`, () => revivingLoad(every)] as const,
  ),
];

/** Both selectors that change with the class, over a few seeds of every adversary. */
export function againstAdversaries(size: { seeds: number; failures: number }) {
  return ADVERSARIES.map(([name, load]) => {
    const lost = (selector: Selector) =>
      Array.from(
        { length: size.seeds },
        (_, i) => simulate(load(), selector, { ...size, seed: i + 1 }).lostMs,
      ).reduce((sum, ms) => sum + ms) /
      (size.seeds * size.failures);
    const [byClass, learned] = [lost(BY_CLASS), lost(LEARNED)];
    return { name, byClass, learned, ratio: learned / byClass };
  });
}
