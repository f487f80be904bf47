import type { DependencyEvent } from '../dependency/events';
import type { Recorded } from '../journal/envelope';
import type { Worker } from '../messages/pool';
import { present } from '../model/present';
import { initialAdmission } from '../scheduler/admission';
import type { PoolEvent } from '../scheduler/events';
import type { LoadWorker, Outage } from './load';

/** What the journal of a pool says of its means. */
export interface PoolRecord {
  /** A worker that came, went and came again is there once for each stay. */
  readonly workers: readonly LoadWorker[];
  readonly maxRunningJobs: number;
  readonly outages: readonly Outage[];
  /** Ids of the jobs that joined its queue, in order. */
  readonly jobs: readonly string[];
}

/**
 * Folds the journal of a pool, or the latest part of it.
 * @param before the workers that were there before that part. It is not known since when.
 */
export function createPoolRecord(before: readonly Worker[] = []) {
  const stays = createStays();
  const outages = createOutages();
  const jobs: string[] = [];
  let { maxRunningJobs } = initialAdmission();
  for (const worker of before) stays.begin(worker);

  return {
    apply(recorded: Recorded): void {
      const { at } = recorded;
      const { type, data } = recorded as unknown as PoolEvent;
      if (type === 'worker.registered') stays.begin(data, at);
      if (type === 'worker.uncordoned') stays.resume(data.workerId, at);
      if (type === 'worker.draining' || type === 'worker.cordoned' || type === 'worker.lost') {
        stays.end(data.workerId, at);
      }
      if (type === 'queue.limited') ({ maxRunningJobs } = data);
      if (type === 'queue.joined') jobs.push(data.jobId);
      if (type === 'queue.dependencyChanged') outages.note(data.dependency, data.status === 'open', at);
    },
    result: (): PoolRecord => ({
      workers: stays.list(),
      maxRunningJobs,
      outages: outages.list(),
      jobs: [...jobs],
    }),
  };
}

/** When a dependency was open, by the events of its own stream. */
export function outagesOf(dependency: string, events: Iterable<Recorded>): readonly Outage[] {
  const outages = createOutages();
  for (const recorded of events) {
    const { type, data } = recorded as unknown as DependencyEvent;
    if (type === 'dependency.opened') outages.note(dependency, true, recorded.at);
    if (type === 'dependency.forced') outages.note(dependency, data.status === 'open', recorded.at);
    if (type === 'dependency.halfOpened' || type === 'dependency.closed' || type === 'dependency.reset') {
      outages.note(dependency, false, recorded.at);
    }
  }
  return outages.list();
}

function createStays() {
  const known = new Map<string, Worker>();
  const open = new Map<string, LoadWorker>();
  const over: LoadWorker[] = [];

  function end(workerId: string, until: number): void {
    const stay = open.get(workerId);
    if (stay) over.push({ ...stay, until });
    open.delete(workerId);
  }
  function begin(worker: Worker, from?: number): void {
    known.set(worker.workerId, worker);
    const { workerId, labels, slots, resources } = worker;
    if (from !== undefined) end(workerId, from);
    open.set(workerId, { workerId, labels, slots, ...present({ resources, from }) });
  }
  return {
    begin,
    end,
    resume(workerId: string, at: number): void {
      const worker = known.get(workerId);
      if (worker && !open.has(workerId)) begin(worker, at);
    },
    list: (): readonly LoadWorker[] => [...over, ...open.values()],
  };
}

function createOutages() {
  const open = new Map<string, number>();
  const over: Outage[] = [];
  return {
    note(dependency: string, isOpen: boolean, at: number): void {
      const from = open.get(dependency);
      if (isOpen && from === undefined) open.set(dependency, at);
      if (isOpen || from === undefined) return;
      open.delete(dependency);
      over.push({ dependency, from, until: at });
    },
    list: (): readonly Outage[] => [
      ...over,
      ...[...open].map(([dependency, from]) => ({ dependency, from, until: Number.MAX_SAFE_INTEGER })),
    ],
  };
}
