import { fits } from '../scheduler/fit';
import { type Bound, labelName, nodeName } from './bottleneck-bound';
import type { Load, LoadAttempt, LoadJob, LoadNode } from './load';
import { presenceMs, spanOf, waitOf } from './load-measures';

export interface Use {
  /** Share of its capacity that was taken, 0 to 1. Absent where it has none. */
  readonly utilization?: number;
  /** Attempts (jobs, for the queue) that needed it. */
  readonly arrivalsPerHour: number;
  readonly meanWaitMs: number;
  /** How many waited at a time: by Little's law, arrivals times wait. */
  readonly meanQueue: number;
}

const HOUR_MS = 3_600_000;

/** How a bound was used: what of it was taken, who came, and how long they waited. */
export function useOf(load: Load, bound: Bound): Use {
  const { from, until } = spanOf(load);
  const spanMs = Math.max(1, until - from);
  const waits =
    bound.kind === 'queue'
      ? load.jobs.map(({ submittedAt, admittedAt }) => admittedAt - submittedAt)
      : nodesOf(load, bound).flatMap(({ attempts }) => attempts.map(waitOf));
  const total = waits.reduce((sum, ms) => sum + ms, 0);
  const capacity = capacityMs(load, bound, spanMs);
  return {
    ...(capacity !== undefined && capacity > 0
      ? { utilization: Math.min(1, takenMs(load, bound) / capacity) }
      : {}),
    arrivalsPerHour: (waits.length * HOUR_MS) / spanMs,
    meanWaitMs: waits.length === 0 ? 0 : total / waits.length,
    meanQueue: total / spanMs,
  };
}

/** Those that need it. */
function nodesOf(load: Load, { kind, name }: Bound): LoadNode[] {
  const isMeant = (job: LoadJob, { of, suite, demand }: LoadNode): boolean => {
    switch (kind) {
      case 'lock':
        return demand.concurrency?.key === name;
      case 'resource':
        return demand.resources?.[name] !== undefined;
      case 'label':
        return labelName(demand.labels) === name;
      case 'dependency':
        return demand.dependencies?.includes(name) === true;
      case 'suite':
        return suite === name;
      case 'node':
        return nodeName(job.graph, of) === name;
      default:
        return true;
    }
  };
  return load.jobs.flatMap((job) => job.nodes.filter((node) => isMeant(job, node)));
}

/** Units of it times time; undefined of what has no units. */
function capacityMs(load: Load, bound: Bound, spanMs: number): number | undefined {
  const span = spanOf(load);
  const sum = (of: (worker: Load['workers'][number]) => number) =>
    load.workers.reduce((total, worker) => total + of(worker) * presenceMs(worker, span), 0);
  switch (bound.kind) {
    case 'slots':
      return sum(({ slots }) => slots);
    case 'label': {
      const [{ demand } = { demand: undefined }] = nodesOf(load, bound);
      return (
        demand && sum((worker) => (fits(worker, { ...demand, slots: 0, resources: {} }) ? worker.slots : 0))
      );
    }
    case 'resource':
      return sum(({ resources }) => resources?.[bound.name] ?? 0);
    case 'lock': {
      const limit = Math.max(0, ...nodesOf(load, bound).map(({ demand }) => demand.concurrency?.limit ?? 0));
      return limit * spanMs;
    }
    case 'queue':
      return load.maxRunningJobs * spanMs;
    default:
      return undefined;
  }
}

function takenMs(load: Load, bound: Bound): number {
  if (bound.kind === 'queue') {
    return load.jobs.reduce((sum, { admittedAt, endedAt }) => sum + endedAt - admittedAt, 0);
  }
  // Workers of a label are taken by whatever runs there.
  if (bound.kind === 'label') return takenOfLabel(load, bound);
  const unitsOf = ({ demand }: LoadNode) =>
    bound.kind === 'slots'
      ? demand.slots
      : bound.kind === 'resource'
        ? (demand.resources?.[bound.name] ?? 0)
        : 1;
  return nodesOf(load, bound).reduce((sum, node) => sum + unitsOf(node) * ranMs(node.attempts), 0);
}

function takenOfLabel(load: Load, bound: Bound): number {
  const [{ demand } = { demand: undefined }] = nodesOf(load, bound);
  if (demand === undefined) return 0;
  const theirs = new Set(
    load.workers
      .filter((worker) => fits(worker, { ...demand, slots: 0, resources: {} }))
      .map(({ workerId }) => workerId),
  );
  return load.jobs
    .flatMap(({ nodes }) => nodes)
    .reduce((sum, { demand: { slots }, attempts }) => {
      return sum + slots * ranMs(attempts.filter(({ workerId }) => theirs.has(workerId)));
    }, 0);
}

const ranMs = (attempts: readonly LoadAttempt[]): number =>
  attempts.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
