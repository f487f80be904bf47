import { seeded } from '../../lib/chaos/draw';
import { dependencyDecider } from '../../lib/core/dependency/decider';
import { NO_POLICIES, policyOf } from '../../lib/core/dependency/policy';
import { flakingIn } from '../../lib/core/health/flaking';
import { type AttemptSample, WINDOWS } from '../../lib/core/history/samples';
import type { Ended } from '../../lib/core/messages/pool';
import { PoolDriver } from './pool-driver';

/** What a scenario came to. Times are the units of its kind: attempts of the worker, jobs, calls. */
export interface Ending {
  readonly name: string;
  /** Something is about to fail from here on; absent of a control, in which nothing is. */
  readonly onset?: number;
  /** When it has failed. */
  readonly failure?: number;
  /** The first warning from the onset on, and how many were raised of what is well. */
  readonly warning?: number | undefined;
  readonly falseAlarms: number;
}

type Random = () => number;
const MINUTE = 60_000;

/** 0 before the onset, 1 from the failure on, and in between what lies between. */
const ramp = (at: number, onset: number, failure: number) =>
  Math.min(1, Math.max(0, (at - onset) / (failure - onset)));

const between = (random: Random, least: number, most: number) =>
  least + Math.floor(random() * (most - least + 1));

/** Log-normal with this median. */
function spread(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.round(median * Math.exp(sigma * normal));
}

// Workers

const WORKERS = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'];
const SUITES = Array.from({ length: 4 }, (_, i) => ({ node: String(i).repeat(16), ms: 20_000 * (i + 1) }));
const ROUNDS = 120;

interface Weather {
  /** Chances of one attempt. */
  readonly machine?: number;
  readonly honest?: number;
  /** Times the usual duration. */
  readonly slower?: number;
}

const WORKER_FAULTS: Readonly<Record<string, (worse: number) => Weather>> = {
  'a disk that dies': (worse) => ({ machine: worse }),
  'a machine that is throttled': (worse) => ({ slower: 1 + 5 * worse }),
  'memory that wears out': (worse) => ({ machine: 0.6 * worse, slower: 1 + 2 * worse }),
};
const WORKER_CONTROLS: Readonly<Record<string, (round: number, worker: string, suite: number) => Weather>> = {
  'nothing at all': () => ({}),
  'an outage for all': (round) => (round >= 40 && round < 60 ? { machine: 0.6 } : {}),
  'a suite that is broken': (round, _, suite) => (round >= 40 && suite === 1 ? { honest: 1 } : {}),
  'a suite that got slower': (round, _, suite) => (round >= 40 && suite === 2 ? { slower: 4 } : {}),
};

/** A pool of six workers, each of which runs an attempt a round; one of them goes bad, or none does. */
export function workerScenario(seed: number, name: string): Ending {
  const random = seeded(seed);
  const fault = WORKER_FAULTS[name];
  const control = WORKER_CONTROLS[name];
  const onset = between(random, 30, 60);
  const failure = onset + between(random, 20, 40);
  const pool = new PoolDriver(MINUTE);
  for (const worker of WORKERS) pool.register(worker);
  const of = (round: number, worker: string, suite: number): Weather =>
    fault
      ? worker === 'w1'
        ? fault(ramp(round, onset, failure))
        : {}
      : (control?.(round, worker, suite) ?? {});
  let warning: number | undefined;
  let falseAlarms = 0;
  const rounds = fault ? failure : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    const before = pool.events.length;
    for (const worker of WORKERS) {
      const suite = between(random, 0, SUITES.length - 1);
      const ended = endedIn(random, of(round, worker, suite), SUITES[suite]!.ms);
      if (pool.state.cordons.cordoned.has(worker)) continue;
      pool.runOn(worker, ended, { nodeHash: SUITES[suite]!.node, readyAt: pool.now });
    }
    pool.now += MINUTE;
    pool.send({ type: 'sweep' });
    for (const { event } of pool.events.slice(before)) {
      const isWarning =
        event.type === 'worker.suspected' ||
        (event.type === 'worker.cordoned' && event.data.cause === 'health');
      if (!isWarning) continue;
      if (fault && event.data.workerId === 'w1' && round >= onset) warning ??= round;
      else falseAlarms += 1;
    }
  }
  return { name, falseAlarms, ...(fault && { onset, failure, warning }) };
}

/** One attempt: of a hundred, five find something wrong, one fails by its machine, and two are slow. */
function endedIn(random: Random, { machine = 0, honest = 0, slower = 1 }: Weather, ms: number): Ended {
  const slow = random() < 0.02 ? 3 : 1;
  const durationMs = spread(random, ms * slower * slow, 0.2);
  const lot = random();
  if (lot < Math.max(0.01, machine)) {
    return { durationMs, failed: random() < 0.7 ? 'infrastructure' : 'network' };
  }
  return random() < Math.max(0.05, honest) ? { durationMs, failed: 'assertion' } : { durationMs };
}

// Suites

const JOBS = 150;
const TRIES = 3;

interface Suite {
  /** The chance that one attempt of a good commit fails. */
  readonly flake: (job: number) => number;
  /** Jobs of a commit that is broken. */
  readonly broken?: (job: number) => boolean;
  /** The commit is among the parameters. */
  readonly knowsCommits: boolean;
}

const SUITE_FAULTS: Readonly<Record<string, (onset: number, failure: number) => Suite>> = {
  'a race that gets likelier': (onset, failure) => ({
    ...{ flake: (job) => 0.005 + 0.5 * ramp(job, onset, failure), knowsCommits: true },
  }),
  'a test that flakes from one commit on': (onset) => ({
    ...{ flake: (job) => (job < onset ? 0.005 : 0.3), knowsCommits: true },
  }),
  'a race, without commits': (onset, failure) => ({
    ...{ flake: (job) => 0.005 + 0.5 * ramp(job, onset, failure), knowsCommits: false },
  }),
};
const SUITE_CONTROLS: Readonly<Record<string, Suite>> = {
  'a steady suite': { flake: () => 0.005, knowsCommits: true },
  'a suite that flakes now and then': { flake: () => 0.02, knowsCommits: true },
  'a commit that is broken and mended': {
    ...{ flake: () => 0.005, broken: (job) => job >= 60 && job < 66, knowsCommits: true },
  },
  'commits that are broken and mended, and not known': {
    ...{ flake: () => 0.005, broken: (job) => job % 50 === 40, knowsCommits: false },
  },
};

/** A suite that job after job runs, with retries; in the end it fails for good, or does not. */
export function suiteScenario(seed: number, name: string): Ending {
  const random = seeded(seed);
  const onset = between(random, 50, 80);
  const end = onset + between(random, 30, 50);
  const fault = SUITE_FAULTS[name]?.(onset, end);
  const suite = fault ?? SUITE_CONTROLS[name]!;
  let window: AttemptSample[] = [];
  let [commit, wasRaised, falseAlarms] = [0, false, 0];
  let warning: number | undefined;
  let failure: number | undefined;
  for (let job = 0; job < (fault ? end : JOBS) && failure === undefined; job++) {
    if (random() < 0.5) commit += 1;
    const isBroken = suite.broken?.(job) ?? false;
    const input = String(suite.knowsCommits ? `${commit}${isBroken ? 1 : 0}` : 0).padStart(16, '0');
    let passed = false;
    for (let attempt = 1; attempt <= TRIES && !passed; attempt++) {
      passed = !isBroken && random() >= suite.flake(job);
      const at = (job * 10 + attempt) * MINUTE;
      const of = { jobId: `j${String(job).padStart(4, '0')}`, nodeId: 'suite', attempt, at };
      const sample = { ...of, node: 'a'.repeat(16), input, passed, durationMs: 1_000 };
      window = [sample, ...window].slice(0, WINDOWS.node);
    }
    const isRaised = flakingIn(new Map([['a'.repeat(16), window]])).some(({ of }) => of === 'node');
    if (isRaised && !wasRaised) {
      if (fault && job >= onset) warning ??= job;
      else falseAlarms += 1;
    }
    wasRaised = isRaised;
    if (fault && job >= onset && !passed) failure = job;
  }
  return { name, falseAlarms, ...(fault && { onset, failure: failure ?? end, warning }) };
}

// Dependencies

const CALLS = 600;

const DEPENDENCY_FAULTS: Readonly<Record<string, (worse: number) => number>> = {
  'a service that wears out': (worse) => 0.01 + 0.7 * worse,
  'a replica of three that is gone, then all': (worse) => (worse <= 0 ? 0.01 : worse < 0.8 ? 0.33 : 0.9),
};
const DEPENDENCY_CONTROLS: Readonly<Record<string, (call: number, random: Random) => number>> = {
  'a steady service': () => 0.01,
  'a service with hiccups': (call) => (call % 150 === 70 || call % 150 === 71 ? 0.5 : 0.01),
  'a service that fails now and then': () => 0.02,
};

/** A service that is called and called; its breaker opens in the end, or does not. */
export function dependencyScenario(seed: number, name: string): Ending {
  const random = seeded(seed);
  const onset = between(random, 100, 200);
  const end = onset + between(random, 60, 120);
  const fault = DEPENDENCY_FAULTS[name];
  const decider = dependencyDecider(policyOf(NO_POLICIES, 'payments'));
  const state = decider.initial();
  let warning: number | undefined;
  let failure: number | undefined;
  let falseAlarms = 0;
  for (let call = 0; call < (fault ? end + 100 : CALLS) && failure === undefined; call++) {
    const at = call * 1_000;
    const chance = fault ? fault(ramp(call, onset, end)) : DEPENDENCY_CONTROLS[name]!(call, random);
    const message = { type: 'observed' as const, ok: random() >= chance, by: `c${call}`, startedAt: at };
    for (const event of decider.decide(state, { ...message, at })) {
      decider.evolve(state, event, at);
      if (event.type === 'dependency.opened') failure = call;
      if (event.type !== 'dependency.degrading') continue;
      if (fault && call >= onset) warning ??= call;
      else falseAlarms += 1;
    }
  }
  return { name, falseAlarms, ...(fault && { onset, failure: failure ?? end, warning }) };
}

/** Every kind of scenario: how one is played, and those in which something fails and in which nothing does. */
export const SCENARIOS = {
  workers: {
    ...{ play: workerScenario, unit: 'attempts of the worker' },
    ...{ faults: Object.keys(WORKER_FAULTS), controls: Object.keys(WORKER_CONTROLS) },
  },
  suites: {
    ...{ play: suiteScenario, unit: 'jobs' },
    ...{ faults: Object.keys(SUITE_FAULTS), controls: Object.keys(SUITE_CONTROLS) },
  },
  dependencies: {
    ...{ play: dependencyScenario, unit: 'calls' },
    ...{ faults: Object.keys(DEPENDENCY_FAULTS), controls: Object.keys(DEPENDENCY_CONTROLS) },
  },
} as const;

export interface Score {
  /** Of the warnings raised, the share that something failed after. */
  readonly precision: number;
  /** Of what failed, the share that was warned of before. */
  readonly recall: number;
  /** From warning to failure, in order, of what was warned of. */
  readonly leads: readonly number[];
  readonly warned: number;
  readonly failed: number;
  readonly falseAlarms: number;
}

export function scoreOf(endings: readonly Ending[]): Score {
  const failed = endings.filter(({ failure }) => failure !== undefined);
  const leads = failed.flatMap(({ warning, failure }) =>
    warning !== undefined && warning < failure! ? [failure! - warning] : [],
  );
  const falseAlarms = endings.reduce((sum, ending) => sum + ending.falseAlarms, 0);
  const warned = leads.length;
  return {
    ...{ precision: warned === 0 ? 0 : warned / (warned + falseAlarms), recall: warned / failed.length },
    ...{ leads: leads.sort((a, b) => a - b), warned, failed: failed.length, falseAlarms },
  };
}

/** Plays every scenario of a kind once a seed. */
export function playAll(kind: keyof typeof SCENARIOS, seeds: readonly number[]): Ending[] {
  const { play, faults, controls } = SCENARIOS[kind];
  const names: readonly string[] = [...faults, ...controls];
  return seeds.flatMap((seed) => names.map((name, i) => play(seed * 100 + i, name)));
}
