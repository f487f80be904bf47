import { covers, fits } from '../scheduler/fit';
import { type Blame, type Bound, labelName, SLOTS } from './bottleneck-bound';
import type { PathWait } from './bottleneck-path';
import type { Load, LoadDemand, LoadWorker } from './load';

interface Usage {
  readonly worker: LoadWorker;
  free: number;
  readonly resources: Record<string, number>;
}

interface Change {
  readonly at: number;
  /** What ends at an instant makes room for what begins then. */
  readonly order: number;
  readonly apply: () => void;
}

/**
 * Blames waits on what kept them waiting, moment by moment: a dependency that was open; a concurrency key at its limit; of
 * the workers that have the labels, those with room in slots had none of a named resource left, or none had slots, while
 * other workers had (too few of the label) or had not (too few slots). Where something would have fitted, nobody is blamed:
 * that is the engine's own time. O(attempts log attempts + changes * waits at once * workers).
 */
export function blameWaits(load: Load, waits: readonly PathWait[], blame: Blame): void {
  const usage = load.workers.map(
    (worker): Usage => ({ worker, free: worker.slots, resources: { ...worker.resources } }),
  );
  const byId = new Map(usage.map((each) => [each.worker.workerId, each]));
  const running = new Map<string, number>();
  const active = new Set<PathWait>();

  const occupy = (workerId: string, { slots, resources = {}, concurrency }: LoadDemand, sign: 1 | -1) => {
    if (concurrency) running.set(concurrency.key, (running.get(concurrency.key) ?? 0) + sign);
    const used = byId.get(workerId);
    if (!used) return;
    used.free -= sign * slots;
    for (const [name, amount] of Object.entries(resources)) {
      if (used.resources[name] !== undefined) used.resources[name] -= sign * amount;
    }
  };
  const changes: Change[] = [];
  for (const { nodes } of load.jobs) {
    for (const { demand, attempts } of nodes) {
      for (const { startedAt, endedAt, workerId } of attempts) {
        changes.push({ at: startedAt, order: 1, apply: () => occupy(workerId, demand, 1) });
        changes.push({ at: endedAt, order: 0, apply: () => occupy(workerId, demand, -1) });
      }
    }
  }
  for (const wait of waits) {
    changes.push({ at: wait.attempt.readyAt, order: 2, apply: () => active.add(wait) });
    changes.push({ at: wait.attempt.startedAt, order: 0, apply: () => active.delete(wait) });
  }
  for (const time of [...edgesOf(load)]) changes.push({ at: time, order: 2, apply: () => undefined });

  changes.sort((a, b) => a.at - b.at || a.order - b.order);
  changes.forEach(({ at, apply }, i) => {
    apply();
    const ms = (changes[i + 1]?.at ?? at) - at;
    if (ms === 0 || active.size === 0) return;
    for (const { demand } of active) {
      for (const [bound, share] of reasonsOf({ load, usage, running, at }, demand))
        blame.add(bound, share * ms);
    }
  });
}

/** When workers come and go, and dependencies open and close. */
function* edgesOf({ workers, outages }: Load): Generator<number> {
  for (const { from, until } of workers) {
    if (from !== undefined) yield from;
    if (until !== undefined) yield until;
  }
  for (const { from, until } of outages) {
    yield from;
    yield until;
  }
}

interface Moment {
  readonly load: Load;
  readonly usage: readonly Usage[];
  readonly running: ReadonlyMap<string, number>;
  readonly at: number;
}

/** What keeps a demand waiting at a moment, with the share of the blame. */
function reasonsOf({ load, usage, running, at }: Moment, demand: LoadDemand): (readonly [Bound, number])[] {
  const { labels, slots, resources, concurrency, dependencies = [] } = demand;
  const open = load.outages.find(
    ({ dependency, from, until }) => from <= at && at < until && dependencies.includes(dependency),
  );
  if (open) return [[{ kind: 'dependency', name: open.dependency }, 1]];
  if (concurrency && (running.get(concurrency.key) ?? 0) >= concurrency.limit) {
    return [[{ kind: 'lock', name: concurrency.key }, 1]];
  }
  const there = usage.filter(
    ({ worker: { from = 0, until = Number.POSITIVE_INFINITY } }) => from <= at && at < until,
  );
  const suitable = there.filter(({ worker }) => fits(worker, demand));
  const roomy = suitable.filter(({ free }) => free >= slots);
  if (roomy.length > 0) {
    const short = Object.keys(resources ?? {}).find((name) =>
      roomy.every(({ worker, resources: left }) => !covers(worker, left, { [name]: resources![name]! })),
    );
    return short === undefined ? [] : [[{ kind: 'resource', name: short }, 1]];
  }
  const label = { kind: 'label' as const, name: labelName(labels) };
  if (labels.length === 0 || suitable.length === there.length) return [[SLOTS, 1]];
  const others = there.some(({ worker, free }) => free >= slots && !fits(worker, demand));
  // Where nobody has room, more workers of either kind may help: which does more, the replay says.
  return others
    ? [[label, 1]]
    : [
        [SLOTS, 1],
        [label, 0],
      ];
}
