import { memoryConditions } from '../adapters/memory/conditions';
import { createEngine } from '../core/engine/engine';
import { createKinds, type Kinds } from '../core/engine/kinds';
import type { Address } from '../core/messages/address';
import type { Snapshot, SnapshotStore } from '../core/ports/stores';
import type { StreamReader } from '../core/ports/streams';
import type { Listing } from '../core/projections/listing';
import type { Fault } from './faults';
import { INVARIANTS } from './invariants/all';
import { comesToRest } from './invariants/ending';
import type { Given, Invariant, Rest, Violation } from './invariants/invariant';
import type { Scenario } from './workload/scenario';
import { type Alteration, UNALTERED } from './world/alteration';
import { type Watcher, watchers } from './world/watch';
import { createWorld, type World, type WorldEnd } from './world/world';

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly alteration?: Alteration;
  /** What must hold; everything, where absent. */
  readonly invariants?: readonly Invariant[];
  /** These faults strike, and no other. */
  readonly only?: ReadonlySet<string>;
  /** Hears every line of the trace: when, in milliseconds of virtual time, who, and what. */
  readonly onLine?: (at: number, who: string, what: string) => void;
  /** Steps that it may take; as many as any world needs, where absent. */
  readonly maxSteps?: number;
  /** Hears the world beside the invariants. */
  readonly watcher?: Watcher;
}

/** How a world went. */
export interface Played {
  readonly violations: readonly Violation[];
  readonly faults: readonly Fault[];
  readonly events: number;
  /** Events of virtual time. */
  readonly steps: number;
  /** Virtual time that it took, milliseconds. */
  readonly elapsedMs: number;
}

/** Steps that a world may take, and more for each of its jobs: ten times what worlds take. */
const MAX_STEPS = { world: 30_000, job: 2_000 };

/** Plays a scenario to its end, or to the first promise that is not kept. */
export async function play(options: PlayOptions): Promise<Played> {
  const { scenario, alteration = UNALTERED, invariants = INVARIANTS, only, onLine, watcher = {} } = options;
  const violations: Violation[] = [];
  const performed = new Set<string>();
  const listings = new Map<string, Listing>();
  const graphs = new Map(scenario.jobs.map(({ hash, graph }) => [hash, graph]));
  const givenOf = (invariant: string): Given => ({
    graphOf: (hash) => graphs.get(hash) as never,
    struck: () => world.faults.struck,
    graceMs: scenario.reconciler.graceMs,
    broken: (detail) => void violations.push({ invariant, detail, at: world.now() }),
  });
  const noted: Watcher = {
    performed: (name) => void performed.add(name),
    appended: (stream, _events, listing) => void (listing && listings.set(stream, listing)),
  };
  const watching = invariants.flatMap(({ name, watch }) => watch?.(givenOf(name)) ?? []);
  const world = createWorld({
    ...{ scenario, alteration, only, watch: watchers([noted, watcher, ...watching]) },
    say: onLine ? (at, who, what) => onLine(at, who, what()) : () => undefined,
    onFault: onLine && ((fault) => onLine(fault.at, 'fault', `${fault.kind}: ${fault.point}`)),
  });
  const began = world.now();
  const maxSteps = options.maxSteps ?? MAX_STEPS.world + MAX_STEPS.job * scenario.jobs.length;
  let [steps, end]: [number, WorldEnd | undefined] = [0, undefined];
  for (; steps < maxSteps && violations.length === 0 && !end; steps++) end = await world.step();
  const elapsedMs = world.now() - began;
  const { struck: faults } = world.faults;
  if (violations.length === 0) {
    world.halt();
    const rest = restOf(world, { alteration, performed, listings, isAtRest: end === 'atRest' });
    // Whatever is under way would keep those that look at it waiting for ever.
    if (end === undefined) givenOf(comesToRest.name).broken(`it goes on after ${steps} steps`);
    else if (end === 'stuck') givenOf(comesToRest.name).broken('what is under way in it does not end');
    else await atEnd(invariants, rest, { givenOf, violations });
  }
  const events = [...world.journal.streams.values()].reduce((sum, { length }) => sum + length, 0);
  return { violations, faults, events, steps, elapsedMs };
}

async function atEnd(
  invariants: readonly Invariant[],
  rest: Rest,
  { givenOf, violations }: { givenOf: (invariant: string) => Given; violations: readonly Violation[] },
): Promise<void> {
  for (const invariant of invariants) {
    if (violations.length > 0) return;
    if (!invariant.atEnd) continue;
    await invariant.atEnd(rest, givenOf(invariant.name));
  }
}

const SILENT = async () => undefined;

/** What is left, with an engine beside those of the world to read it. */
function restOf(
  { journal, snapshots, processes, scenario }: World,
  deps: { readonly alteration: Alteration } & Pick<Rest, 'performed' | 'listings' | 'isAtRest'>,
): Rest {
  const { alteration, performed, listings, isAtRest } = deps;
  const graphs = new Map(scenario.jobs.map(({ hash, graph }) => [hash, graph]));
  const kindDeps = { journal, random: () => 0, conditions: memoryConditions };
  const kinds = alteration.kinds(
    createKinds({ ...kindDeps, graphs: { get: async (hash) => graphs.get(hash) as never } }),
  );
  const engineFrom = (store?: Pick<SnapshotStore, 'load'>) =>
    createEngine(
      {
        ...{ journal, clock: () => 0, random: () => 0, perform: SILENT },
        ...(store ? { snapshots: { load: store.load, save: SILENT } } : {}),
      },
      kinds,
    );
  const reader = engineFrom();
  return {
    ...{ journal, snapshots, processes, scenario, performed, listings, isAtRest },
    view: reader.view as StreamReader['view'],
    effectsOf: reader.effectsOf,
    replayed: (at, from) => frozen(kinds, from ? engineFrom({ load: async () => from }) : engineFrom(), at),
    async listingOf(at) {
      const { state } = await reader.view(at as Address<'job'>);
      return kinds[at.kind].listing?.listingOf(state as never);
    },
  };
}

async function frozen(
  kinds: Kinds,
  engine: ReturnType<typeof createEngine<Kinds>>,
  at: Address,
): Promise<Snapshot> {
  const { state, head, traceId = '' } = await engine.view(at as Address<'job'>);
  const { fold } = kinds[at.kind];
  return { head, fold: fold.name, traceId, state: (fold.freeze as (of: unknown) => unknown)(state) };
}
