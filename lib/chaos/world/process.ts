import { memoryConditions } from '../../adapters/memory/conditions';
import type { MemoryJournalStore } from '../../adapters/memory/journal-store';
import type { Graph } from '../../core/dag/graph';
import { createEngine, type Engine } from '../../core/engine/engine';
import { createFastPath } from '../../core/engine/fast-path';
import { createKinds, type Kinds } from '../../core/engine/kinds';
import type { EngineDeps } from '../../core/engine/stream-engine';
import { RepriseError } from '../../core/errors';
import { type Address, streamOf } from '../../core/messages/address';
import type { EffectPorts } from '../../core/ports/effects';
import type { OutboxJournal, Snapshot, SnapshotStore } from '../../core/ports/stores';
import { derivedSeed, seeded } from '../draw';
import type { Alteration } from './alteration';
import { diagnosed } from './diagnosed';
import { type Ground, never, sleep } from './ground';
import type { Outages } from './outages';

/** How long a process that died is away. */
const REBOOT_MS = 3_000;

/** What work inside of a process sees: everything it calls may find the process dead. */
export interface Inside {
  readonly engine: Engine<Kinds>;
  readonly ports: EffectPorts;
  readonly journal: OutboxJournal;
  readonly now: () => number;
  /** A call to something else, named for the faults that may strike it. */
  readonly call: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** The fold of a stream as this process has it. */
  readonly frozen: (at: Address) => Promise<Snapshot>;
  /** Makes a snapshot where the engine would not. */
  readonly putAway: (at: Address) => Promise<void>;
}

export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The process died meanwhile. */
  | { readonly kind: 'gone' };

/** A process of the engine, with folds in its memory. It may die or stand still at any of its calls. */
export interface EngineProcess {
  readonly id: string;
  readonly isUp: () => boolean;
  /** Whether nothing is under way in it. */
  readonly isIdle: () => boolean;
  readonly run: <T>(work: (inside: Inside) => Promise<T>) => Promise<Answer<T>>;
  /** What it is now, outside of its work. */
  readonly inside: () => Inside;
}

export interface ProcessDeps {
  readonly ground: Ground;
  readonly outages: Outages;
  readonly id: string;
  readonly journal: MemoryJournalStore;
  readonly snapshots: SnapshotStore;
  readonly ports: EffectPorts;
  readonly graphOf: (hash: string) => Graph;
  readonly seed: number;
  readonly alteration: Alteration;
}

interface Life {
  isOver: boolean;
  readonly onEnd: Set<() => void>;
}

export function createProcess(deps: ProcessDeps): EngineProcess {
  const { ground, id } = deps;
  let [births, life, inside] = [0, newLife(), undefined as unknown as Inside];
  // What kinds know of graphs never changes, and takes a while to set up: they outlive what reads the journal for them.
  const kinds = kindsOf(deps, { read: (...of) => inside.journal.read(...of) });
  boot();

  function boot(): void {
    births += 1;
    life = newLife();
    inside = bootOne({ ...deps, kinds }, `${id} life ${births}`, life, die);
  }

  function die(): void {
    const ended = life;
    ended.isOver = true;
    ground.say(id, () => 'dies');
    for (const end of ended.onEnd) end();
    ended.onEnd.clear();
    ground.time.setTimer(boot, REBOOT_MS);
  }

  return {
    id,
    isUp: () => !life.isOver,
    isIdle: () => life.onEnd.size === 0,
    inside: () => inside,
    run(work) {
      const mine = life;
      return new Promise((resolve) => {
        const gone = () => resolve({ kind: 'gone' });
        if (mine.isOver) return gone();
        mine.onEnd.add(gone);
        work(inside).then(
          (value) => {
            mine.onEnd.delete(gone);
            resolve({ kind: 'done', value });
          },
          (error: unknown) => {
            mine.onEnd.delete(gone);
            resolve({ kind: 'failed', error });
          },
        );
      });
    },
  };
}

const newLife = (): Life => ({ isOver: false, onEnd: new Set() });

function kindsOf(
  { alteration, graphOf, seed, id }: ProcessDeps,
  journal: Pick<OutboxJournal, 'read'>,
): Kinds {
  const random = seeded(derivedSeed(seed, id));
  const graphs = { get: async (hash: string) => graphOf(hash) };
  const deps = { journal, random, graphs, conditions: memoryConditions, diagnose: diagnosed };
  return alteration.kinds(createKinds(deps));
}

/** One life of a process: an engine that knows nothing yet, over what outlives it. */
function bootOne(
  deps: ProcessDeps & { readonly kinds: Kinds },
  name: string,
  life: Life,
  die: () => void,
): Inside {
  const { ground, seed, id, alteration, kinds } = deps;
  const { time, faults } = ground;
  const skew = faults.strikes('skew', name) ? Math.round(4_000 * faults.lot(`skew of ${name}`) - 2_000) : 0;
  const now = () => time.now() + skew;
  const random = seeded(derivedSeed(seed, name));
  const call = caller(deps, life, die);
  const journal = alteration.journal(mortalJournal(call, deps, id));
  const ports = alteration.ports(mortalPorts(call, deps.ports));
  const perform = createFastPath({ ports, journal, log: SILENT });
  const snapshots = alteration.snapshots({
    load: (stream) => call(`load ${stream}`, () => deps.snapshots.load(stream)),
    save: (stream, snapshot) =>
      call(`save ${stream} ${snapshot.head.seq}`, () => deps.snapshots.save(stream, snapshot)),
  });
  const engineDeps: EngineDeps = {
    ...{ journal, snapshots, clock: now, perform: alteration.perform(perform, journal) },
  };
  const engine = createEngine({ ...engineDeps, random }, kinds);
  const frozen = (at: Address) => freeze(kinds, engine, at);
  const putAway = async (at: Address) => snapshots.save(streamOf(at), await frozen(at));
  return { engine, ports, journal, now, call, frozen, putAway };
}

async function freeze(kinds: Kinds, engine: Engine<Kinds>, at: Address): Promise<Snapshot> {
  const { state, head, traceId = '' } = await engine.view(at as Address<'job'>);
  const { fold } = kinds[at.kind];
  const frozen: unknown = (fold.freeze as (of: unknown) => unknown)(state);
  // The engine goes on changing it in place.
  return { head, fold: fold.name, traceId, state: JSON.parse(JSON.stringify(frozen)) };
}

/** The share of calls that take time, and how much at most, milliseconds. */
const TAKES_TIME = 0.25;
const LATENCY_MS = 40;
/** A message is kept from others for less than this. */
const STALL_MS = 35_000;

type Call = Inside['call'];

function caller({ ground, outages }: ProcessDeps, life: Life, die: () => void): Call {
  const { faults } = ground;

  /** A point at which the process may die. What goes on behind it, goes on in a process that lives. */
  async function point(name: string): Promise<void> {
    if (ground.isHalted()) return;
    if (life.isOver) return never();
    if (faults.strikes('crash', name)) {
      die();
      return never();
    }
    if (faults.strikes('stall', name)) await sleep(ground, STALL_MS * (1 + faults.lot(`stall ${name}`)));
    else {
      const lot = faults.lot(name);
      if (lot < TAKES_TIME) await sleep(ground, 1 + Math.floor((LATENCY_MS * lot) / TAKES_TIME));
    }
    if (life.isOver) return never();
  }

  return async (name, work) => {
    await point(`before ${name}`);
    const port = name.slice(0, name.indexOf(' '));
    if (outages.isOut(port)) throw unavailable(port);
    const value = await work();
    if (faults.strikes('ambiguous', name)) throw unavailable(port);
    await point(`after ${name}`);
    return value;
  };
}

function unavailable(port: string): RepriseError {
  return new RepriseError('UPSTREAM_UNAVAILABLE', `${port} does not answer`);
}

function mortalJournal(call: Call, { journal, ground }: ProcessDeps, id: string): OutboxJournal {
  return {
    written: journal.written,
    head: (stream) => call(`head ${stream}`, () => journal.head(stream)),
    read: (stream, from) =>
      onceCalled(() => call(`read ${stream} ${from ?? 1}`, NOTHING), journal.read(stream, from)),
    append: (stream, expected, events, listing) =>
      call(`append ${stream} ${expected.seq}`, async () => {
        await journal.append(stream, expected, events, listing);
        for (const event of events) ground.say(id, () => describe(event));
        ground.watch.appended(stream, events, listing);
      }),
    confirmed: (stream) => call(`mark ${stream}`, () => journal.confirmed(stream)),
    confirm: (stream, from, to) =>
      call(`confirm ${stream} ${to}`, async () => {
        const before = await journal.confirmed(stream);
        const isThrough = await journal.confirm(stream, from, to);
        const after = await journal.confirmed(stream);
        if (after > before) ground.watch.confirmed(stream, after);
        return isThrough;
      }),
  };
}

const NOTHING = async () => undefined;

/** What is iterated over once a call was answered. To delegate to a generator would cost as much as what is read. */
function onceCalled<T>(call: () => Promise<unknown>, items: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const each = items[Symbol.asyncIterator]();
      let isCalled = false;
      return {
        next() {
          if (isCalled) return each.next();
          isCalled = true;
          return call().then(() => each.next());
        },
      };
    },
  };
}

function describe({ stream, seq, type, data }: { stream: string; seq: number; type: string; data: object }) {
  const { nodeId, attempt, jobId, workerId, outcome, status, reason } = data as Record<string, unknown>;
  const what = [jobId, nodeId, attempt, workerId, outcome ?? status, reason].filter((x) => x !== undefined);
  return `${stream} #${seq} ${type} ${what.join(' ')}`.trimEnd();
}

/** What an effect is called at its port, the same whoever performs it. */
function mortalPorts(call: Call, ports: EffectPorts): EffectPorts {
  const { streams, timers, workflow, dispatcher, publisher, letterBox } = ports;
  return {
    ...ports,
    streams: { send: (to, origin) => call(`send ${origin.id}`, () => streams.send(to, origin)) },
    timers: { schedule: (...args) => call(`timer ${args[2]}`, () => timers.schedule(...args)) },
    workflow: {
      start: (...args) => call(`start ${args[0]}`, () => workflow.start(...args)),
      answerNode: (...args) =>
        call(`answer ${args[0]}/${args[1].nodeId}`, () => workflow.answerNode(...args)),
      answerOutcome: (...args) => call(`outcome ${args[0]}`, () => workflow.answerOutcome(...args)),
      stop: (...args) => call(`stop ${args[0]}`, () => workflow.stop(...args)),
    },
    dispatcher: {
      dispatch: (effect) => call(`dispatch ${effect.id}`, () => dispatcher.dispatch(effect)),
      cancel: (effect) => call(`cancel ${effect.id}`, () => dispatcher.cancel(effect)),
    },
    publisher: { publish: (event) => call(`publish ${event.id}`, () => publisher.publish(event)) },
    letterBox: {
      post: (letter) => call(`post ${letter.letterId}`, () => letterBox.post(letter)),
      release: (message) => call(`release ${message.letterId}`, () => letterBox.release(message)),
    },
  };
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
