import { begun, draw, drawn, further } from './draw';

/** What can go wrong, with the chance of it at each of its points, from 0 to 1. docs/chaos.md says what each does. */
const CHANCES = {
  /** A process of the engine dies: before or after an append, a confirmation, an effect, a read of the registry. */
  crash: 0.004,
  /** A process stands still at such a point, for longer than its message is kept from others. */
  stall: 0.0015,
  /** A call does what it was asked for, and its answer is an error. */
  ambiguous: 0.003,
  /** A port answers with errors for up to two seconds. Per window of 5 to 40 seconds. */
  outage: 0.5,
  /** The clock of a process is wrong by up to two seconds. Per life of a process. */
  skew: 0.5,
  /** A batch that was handled is delivered again. */
  duplicate: 0.03,
  /** A message or timer comes late, by up to a minute. */
  delay: 0.01,
  /** A snapshot is lost, an old one comes back, or one is made at an odd place. */
  snapshot: 0.03,
  /** A machine dies with all that runs on it. Per worker and minute. */
  workerDeath: 0.08,
  /** The process of a worker begins anew and adopts what runs. Per worker and minute. */
  workerRestart: 0.05,
  /** A worker can neither call nor be called, for 5 to 200 seconds. Per worker and minute. */
  partition: 0.12,
  /** An attempt never ends by itself. */
  hang: 0.01,
  /** An attempt takes many times as long. */
  slow: 0.02,
  /** A report of a worker is lost. */
  lostReport: 0.004,
  /** A report of a worker comes twice, the second time much later. */
  lateReport: 0.02,
  /** What is handed to a worker does not get there. */
  lostDispatch: 0.01,
  /** A message between streams, or a timer, is gone for good, and whoever sent it believes that it arrived. */
  lostMessage: 0.003,
  /** A call of the workflow, or a cancellation on a worker, is answered and does nothing. */
  lostCall: 0.006,
  /** A run of a workflow ends behind the back of the engine, which may never hear of it. Per run. */
  workflowEnd: 0.05,
  /** An attempt that is cancelled goes on to its end. */
  zombie: 0.08,
  /** The report of tests does not say what the attempt does. */
  lyingReport: 0.05,
  /** A dependency is not well, for up to two minutes. Per dependency and minute. */
  dependencyOutage: 0.05,
  /** A message that nobody can handle. Per stream and minute. */
  poison: 0.06,
  /** A person asks for something at a bad moment. Per minute, several times. */
  command: 0.5,
} as const;

export type FaultKind = keyof typeof CHANCES;
export const FAULT_KINDS = Object.keys(CHANCES) as FaultKind[];

/** One fault of a run, as data: a run with the same seed and these faults alone goes the same way. */
export interface Fault {
  readonly kind: FaultKind;
  /** Where it strikes: a point of the run, and which of its visits. */
  readonly point: string;
  /** When it struck, milliseconds of virtual time. */
  readonly at: number;
}

export interface FaultPlan {
  /** Whether a fault strikes at a point now; asked once for each visit. */
  readonly strikes: (kind: FaultKind, point: string) => boolean;
  /** A number in [0, 1) of a point, for how a fault goes. */
  readonly lot: (name: string) => number;
  /** What has struck so far. */
  readonly struck: readonly Fault[];
  /** From now on nothing strikes. */
  readonly end: () => void;
  readonly isOver: () => boolean;
}

export interface FaultOptions {
  readonly seed: number;
  readonly now: () => number;
  /** Times the usual chance, by kind; what is not listed never strikes. */
  readonly weights: Readonly<Partial<Record<FaultKind, number>>>;
  /** These strike, and no other. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly onFault?: ((fault: Fault) => void) | undefined;
}

/** What is known of a kind of faults. */
interface Watched {
  /** By point, how often it was asked for. */
  readonly visits: Map<string, number>;
  readonly chance: number;
  /** Of the draw of its faults: how their names begin. */
  readonly name: number;
}

export const nameOf = ({ kind, point }: Pick<Fault, 'kind' | 'point'>): string => `${kind} ${point}`;

export function createFaultPlan({ seed, now, weights, only, onFault }: FaultOptions): FaultPlan {
  const struck: Fault[] = [];
  let isOver = false;
  // Asked for at every call of everything: a name is put together only where its fault strikes.
  const watched = new Map<FaultKind, Watched>();
  for (const kind of FAULT_KINDS) {
    const weight = weights[kind];
    if (!only && weight === undefined) continue;
    const chance = CHANCES[kind] * (weight ?? 0);
    watched.set(kind, { visits: new Map(), chance, name: begun(seed, `${kind} `) });
  }

  function isDue({ name, chance }: Watched, kind: FaultKind, [point, more]: readonly [string, string]) {
    if (only) return only.has(nameOf({ kind, point: point + more }));
    return drawn(further(further(name, point), more)) < chance;
  }

  return {
    strikes(kind, point) {
      const of = isOver ? undefined : watched.get(kind);
      if (!of) return false;
      const nth = (of.visits.get(point) ?? 0) + 1;
      of.visits.set(point, nth);
      const more = nth === 1 ? '' : ` (${nth})`;
      if (!isDue(of, kind, [point, more])) return false;
      const fault = { kind, point: point + more, at: now() };
      struck.push(fault);
      onFault?.(fault);
      return true;
    },
    lot: (name) => draw(seed, name),
    struck,
    end() {
      isOver = true;
    },
    isOver: () => isOver,
  };
}
