import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createMemoryJournalStore, type MemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { play } from '../../lib/chaos/play';
import { createScenario } from '../../lib/chaos/workload/scenario';
import { AUDIT_KIND, type CommandRecord } from '../../lib/core/audit/events';
import type { CleanupEvent } from '../../lib/core/cleanup/events';
import { latestReport } from '../../lib/core/cleanup/report';
import { CONFIG_KIND, CONFIG_STREAM, type ConfigEvent } from '../../lib/core/configuration/events';
import { createConfigStore } from '../../lib/core/configuration/store';
import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { dependencyDecider } from '../../lib/core/dependency/decider';
import type { DependencyEvent } from '../../lib/core/dependency/events';
import { NO_POLICIES, policyOf } from '../../lib/core/dependency/policy';
import { createKinds } from '../../lib/core/engine/kinds';
import { replay } from '../../lib/core/engine/replay';
import type { DomainEvent, Recorded } from '../../lib/core/journal/envelope';
import { versionOf } from '../../lib/core/journal/upcasts';
import { type Address, addressOf, isStreamKind } from '../../lib/core/messages/address';
import type { DependencyMessage } from '../../lib/core/messages/dependency';
import type { Ended } from '../../lib/core/messages/pool';
import { present } from '../../lib/core/model/present';
import { REFUSALS, TRIALS } from '../../lib/core/scheduler/cordon';
import { poolDecider } from '../../lib/core/scheduler/decider';
import type { PoolEvent } from '../../lib/core/scheduler/events';
import { type EventShapes, shapesOfToday } from './event-shapes/shapes';
import { graph, JobDriver, node, retrying } from './job-driver';
import { GROUP, LetterDriver, letterIdAt } from './letter-driver';
import { PoolDriver } from './pool-driver';
import { recordedAt } from './recorded';
import { MINUTE, TARGET, TargetDriver } from './target-driver';
import { HOUR, NOON, schedule, TriggerDriver } from './trigger-driver';

/** Journals that were written together, with the graphs that their jobs follow, by hash. */
export interface WrittenWorld {
  readonly name: string;
  /** Of all streams, each of them in order. */
  readonly events: readonly Recorded[];
  readonly graphs: Readonly<Record<string, Graph>>;
}

/** What a version of Reprise wrote, and the states that it came to: `test/fixtures/journals/<version>`. */
export interface JournalFixture {
  readonly version: string;
  readonly worlds: readonly WrittenWorld[];
  readonly shapes: EventShapes;
  readonly states: States;
}

/** World -> stream -> what it was folded to, under the name and version of the fold. */
export type States = Readonly<Record<string, Readonly<Record<string, FoldedTo>>>>;
export interface FoldedTo {
  readonly fold: string;
  readonly state: unknown;
}

export const JOURNALS = 'test/fixtures/journals';

export function readFixture(version: string): JournalFixture {
  const read = (name: string) => readFileSync(`${JOURNALS}/${version}/${name}`);
  const json = (name: string) => JSON.parse(read(name).toString('utf8'));
  const worlds = JSON.parse(gunzipSync(read('worlds.json.gz')).toString('utf8'));
  return { version, worlds, shapes: json('shapes.json'), states: json('states.json') };
}

export const packed = (worlds: readonly WrittenWorld[]): Buffer =>
  gzipSync(JSON.stringify(worlds), { level: 9 });

export const kindOf = (stream: string): string => stream.slice(0, stream.indexOf('/'));

/** The shapes of today, with the versions in which events are written. */
export function versionedShapes(): EventShapes {
  const shapes = Object.entries(shapesOfToday());
  return Object.fromEntries(
    shapes.map(([kind, types]) => {
      const versioned = Object.entries(types).map(([type, data]) => [
        type,
        { v: versionOf(`${kind}/`, type), data },
      ]);
      return [kind, Object.fromEntries(versioned)];
    }),
  );
}

/** A journal that holds what was written, as it was written. */
export async function journalOf(events: readonly Recorded[]): Promise<MemoryJournalStore> {
  const journal = createMemoryJournalStore();
  for (const event of events) await journal.append(event.stream, await journal.head(event.stream), [event]);
  return journal;
}

/** What the code of today folds streams to, from their first event on. */
export async function statesOf({ events, graphs }: WrittenWorld): Promise<States[string]> {
  const journal = await journalOf(events);
  const get = async (hash: string) => graphs[hash] as Graph;
  const deps = { journal, graphs: { get }, conditions: memoryConditions, random: () => 0 };
  const kinds = createKinds(deps);
  const states: Record<string, FoldedTo> = {};
  for (const stream of [...journal.streams.keys()].sort()) {
    const at = addressOf(stream);
    if (isStreamKind(at.kind)) {
      const { fold, state } = await replay({ journal, kinds }, at as Address);
      states[stream] = { fold, state: JSON.parse(JSON.stringify(state)) };
    } else if (at.kind === AUDIT_KIND) {
      states[stream] = { fold: AUDIT_KIND, state: journal.streams.get(stream)?.length };
    } else if (at.kind === CONFIG_KIND) {
      const { state } = await createConfigStore(journal, () => NOON).read();
      states[stream] = { fold: 'config', state };
    } else states[stream] = { fold: 'cleanup', state: await latestReport(journal, NOON) };
  }
  return states;
}

type Told = readonly { readonly event: DomainEvent; readonly at: number }[];

/** Worlds of the simulation that are tried for the events that are still missing. */
const SEEDS = 400;

/** What the code of today writes: every event there is, by people and in as few worlds of the simulation as it takes. */
export async function journalsOfToday(): Promise<WrittenWorld[]> {
  let worlds = [people()];
  const missing = new Set(
    Object.entries(shapesOfToday()).flatMap(([kind, types]) =>
      Object.keys(types).map((type) => `${kind} ${type}`),
    ),
  );
  for (const type of typesIn(worlds)) missing.delete(type);
  for (let seed = 1; missing.size > 0; seed += 1) {
    if (seed > SEEDS) throw new Error(`no world of ${SEEDS} has ${[...missing].join(', ')}`);
    const world = await simulated(seed, 1);
    const types = typesIn([world]);
    if (![...types].some((type) => missing.has(type))) continue;
    worlds.push(world);
    for (const type of types) missing.delete(type);
  }
  for (const world of [...worlds]) {
    const others = worlds.filter((each) => each !== world);
    if (typesIn(others).size === typesIn(worlds).size) worlds = others;
  }
  return worlds;
}

const typesIn = (worlds: readonly WrittenWorld[]): Set<string> =>
  new Set(worlds.flatMap(({ events }) => events.map(({ stream, type }) => `${kindOf(stream)} ${type}`)));

async function simulated(seed: number, jobs: number): Promise<WrittenWorld> {
  const scenario = createScenario({ seed, jobs });
  const streams = new Map<string, Recorded[]>();
  await play({
    ...{ scenario, invariants: [] },
    watcher: {
      appended(stream, events) {
        streams.set(stream, [...(streams.get(stream) ?? []), ...events]);
      },
    },
  });
  return {
    name: `chaos-${seed}-${jobs}`,
    events: [...streams.values()].flat(),
    graphs: Object.fromEntries(scenario.jobs.map((job) => [job.hash, job.graph])),
  };
}

/** What the simulation has not: triggers, cleanups, and what people and the world outside say. */
function people(): WrittenWorld {
  const { events: job, graphs } = mendedJob();
  const streams: Readonly<Record<string, Told>> = {
    'job/mended': job,
    'trigger/t': nightly(),
    [`letter/${GROUP}`]: letters(),
    'dependency/payments': payments(),
    [`target/${TARGET}`]: target(),
    'cleanup/2026-06': cleanup(),
    'audit/2026-06-01': audit(),
    [CONFIG_STREAM]: configuration(),
    'pool/fleet': fleet(),
    'pool/short': shortPool(),
  };
  const events = Object.entries(streams).flatMap(([stream, told]) => recordedAt(stream, told));
  return { name: 'people', events, graphs };
}

/** A file says something, a person something else, and takes it back. */
function configuration(): Told {
  const said = (origin: 'file' | 'set', changes: ConfigEvent['data']['changes'], reason?: string) => ({
    event: {
      type: 'config.changed',
      data: { origin, changes, ...present({ reason }) },
    } satisfies ConfigEvent,
    at: NOON,
  });
  return [
    said('file', [{ key: 'retries.explore', after: 0.1 }]),
    said('set', [{ key: 'features.learned-retries', after: { enabled: true, percent: 10 } }], 'to try it'),
    said('set', [{ key: 'features.learned-retries', before: { enabled: true, percent: 10 } }]),
  ];
}

/** A job whose failure a person names, which goes on over another graph, and of which late things are heard. */
function mendedJob(): { readonly events: Told; readonly graphs: WrittenWorld['graphs'] } {
  const first = graph([node('a', retrying(2)), node('b', { needs: ['a'] }), node('old')]);
  const next = graph([node('a', retrying(2)), node('b', { needs: ['a'] })]);
  const job = new JobDriver(first);
  job.now = NOON;
  const submission = {
    graphHash: graphHash(first),
    owner: 'ana',
    priority: 'normal',
    pool: 'default',
  } as const;
  job.send({ type: 'submit', ...submission });
  job.send({ type: 'admit' });
  job.send({ type: 'share', user: 'ben' });
  job.send({ type: 'share', user: 'eve' });
  job.send({ type: 'unshare', user: 'eve' });
  for (const id of ['a', 'b', 'old']) job.send({ type: 'nodeEntered', nodeId: id, token: `${id}1` });
  job.start('a');
  job.now += 1_500;
  job.send({ type: 'attemptProgressed', nodeId: 'a', attempt: 1, percentage: 40, message: 'half' });
  job.send({
    type: 'attemptLost',
    nodeId: 'a',
    attempt: 1,
    reason: 'gone',
    cause: 'workerLost',
    workerId: 'w1',
  });
  job.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 9, outputs: {} });
  job.now += 60_000;
  job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
  job.start('a');
  const diagnosis = {
    class: 'network',
    confidence: 0.9,
    signature: 'c'.repeat(16),
    by: 'model',
    why: 'x',
  } as const;
  job.fail('a', 'exit', { diagnosis });
  const by = { by: 'ana', reason: 'it is the product', askedAt: job.now, class: 'assertion' } as const;
  job.send({ type: 'reclassify', nodeId: 'a', attempt: 2, ...by, diagnosis });
  job.now += 60_000;
  job.send({ type: 'timerDue', nodeId: 'a', attempt: 3 });
  job.fail('a', 'exit');
  job.succeed('old');
  job.now += 5_000;
  job.send(job.resumeOver(next));
  job.send({ type: 'nodeEntered', nodeId: 'old', token: 'old2' });
  for (const id of ['a', 'b']) job.send({ type: 'nodeEntered', nodeId: id, token: `${id}2` });
  job.succeed('a', { url: 'x' });
  job.succeed('b');
  return { events: job.events, graphs: { [graphHash(first)]: first, [graphHash(next)]: next } };
}

function nightly(): Told {
  const trigger = TriggerDriver.of({ source: schedule({ missed: 'skip' }), overlap: 'queue' });
  trigger.dueAfter(HOUR);
  trigger.fire('q1');
  trigger.fire('q2');
  const running = () => trigger.state.running[0] as string;
  trigger.now += 1_001;
  trigger.send({ type: 'jobEnded', jobId: running(), status: 'succeeded' });
  trigger.send({ type: 'jobRefused', jobId: running(), reason: 'the queue was full for a day' });
  trigger.send({ type: 'pause', reason: 'holidays' });
  trigger.now += 2 * HOUR;
  trigger.send({ type: 'unpause', reason: 'back' });
  trigger.dueAfter(5 * HOUR);
  trigger.fire('q3');
  trigger.fire('q4');
  trigger.set({ overlap: 'skip', job: { parameters: { commit: 'c0ffee' } } });
  trigger.fire('q5');
  trigger.send({ type: 'delete' });
  return trigger.events;
}

function letters(): Told {
  const group = new LetterDriver();
  for (const id of ['a', 'b', 'c']) group.park(id, 1, NOON);
  const letterId = letterIdAt('a');
  group.send({ type: 'note', letterId, text: 'seen before', by: 'ana' }, NOON + 1);
  group.send({ type: 'archived', letterId, round: 1, place: 'letters/jobs/2026-06-01/m1.json.gz' }, NOON + 2);
  group.closed('a', 'refused', 5, NOON + 3);
  group.redrive('o1', { perMinute: 1 }, NOON + 4);
  group.send({ type: 'due', orderId: 'o1', until: NOON + 60_004 }, NOON + 60_004);
  return group.events;
}

/** A dependency that fails, is found out to be well again, and is held open and let go by a person. */
function payments(): Told {
  const decider = dependencyDecider(policyOf(NO_POLICIES, 'payments'));
  const state = decider.initial();
  const told: { event: DependencyEvent; at: number }[] = [];
  let at = NOON;
  const send = (message: DependencyMessage) => {
    for (const event of decider.decide(state, { ...message, at })) {
      decider.evolve(state, event, at);
      told.push({ event, at });
    }
  };
  const call = (ok: boolean) => {
    at += 1_000;
    send({ type: 'observed', ok, by: `job/j/${at}`, startedAt: at });
  };
  send({ type: 'watched', pool: 'default' });
  for (let i = 0; i < 20; i++) call(true);
  for (let i = 0; i < 4; i++) call(false);
  for (let i = 0; i < 60; i++) call(true);
  while (state.status === 'closed') call(false);
  at = state.openUntil ?? at;
  send({ type: 'due', until: at });
  for (let i = 0; i < 3; i++) call(true);
  send({ type: 'forced', status: 'open', by: 'ana', reason: 'it lies' });
  send({ type: 'reset', by: 'ana', reason: 'mended' });
  return told;
}

function audit(): Told {
  const of = { principal: 'ana', source: '192.0.2.7', scope: 'orchestration.jobs' } as const;
  const cancel = { action: 'POST /jobs/{jobId}/cancel', resource: 'job/mended', owner: 'ana' } as const;
  const records: CommandRecord[] = [
    { ...of, ...cancel, outcome: 'accepted', status: 202, correlationId: 'release-7' },
    {
      ...{ ...of, ...cancel, owner: 'eve', outcome: 'refused', status: 404, code: 'JOB_NOT_FOUND' },
      ...{ reason: 'it belongs to another owner', times: 5, unwritten: 12 },
    },
    { principal: 'ana', source: 'local', action: 'reprise retry', outcome: 'failed', status: 1 },
  ];
  return records.map((data, i) => ({ event: { type: 'command.recorded', data }, at: NOON + i }));
}

/** A worker that breaks and is mended, beside one that only seemed to break. */
function fleet(): Told {
  const pool = new PoolDriver(NOON);
  const workers = ['w1', 'w2', 'w3', 'w4'];
  for (const worker of workers) pool.register(worker);
  const passed = { durationMs: 10_000 };
  const broken = { ...passed, failed: 'infrastructure' as const };
  const round = (rest: Readonly<Record<string, Ended>> = {}) => {
    for (const worker of workers) pool.runOn(worker, rest[worker] ?? passed);
  };
  for (let i = 0; i < 4; i++) round({ w1: broken });
  for (let i = 0; i < 12; i++) round();
  while (!pool.state.cordons.cordoned.has('w2')) {
    pool.runOn('w2', broken);
    for (const other of ['w1', 'w3', 'w4']) pool.runOn(other, passed);
  }
  pool.now += REFUSALS.openMs;
  pool.send({ type: 'sweep' });
  for (let i = 0; i < TRIALS; i++) pool.runOn('w2', passed);
  return pool.events;
}

/** A pool that is warned of its capacity, and no longer. */
function shortPool(): Told {
  const state = poolDecider.initial();
  const told: { event: PoolEvent; at: number }[] = [];
  for (const [i, found] of [400_000, 100_000].entries()) {
    const at = NOON + i * HOUR;
    const findings = [{ condition: 'waits' as const, found, limit: 300_000 }];
    for (const event of poolDecider.decide(state, { type: 'capacityReviewed', findings, at })) {
      poolDecider.evolve(state, event, at);
      told.push({ event, at });
    }
  }
  return told;
}

/** A target that is told, storms, fails, is parked and sent again, and whose alert is escalated and taken up. */
function target(): Told {
  const target = new TargetDriver();
  const escalation = [{ target: 'lead', afterMs: 15 * MINUTE }];
  const digest = { above: 1, withinMs: MINUTE };
  const detail = { jobId: 'j', name: 'shop' };
  target.notify('a', { jobId: 'j', detail, alert: { target: TARGET, id: 'a' } }, { escalation, digest });
  target.notify('again', { signature: 'failed/a' });
  target.notify('b', { owner: 'ana', outcome: 'failed' }, { digest });
  target.fail();
  target.wait(MINUTE);
  target.succeed();
  target.wait(15 * MINUTE);
  target.fail(false);
  target.send({ type: 'acknowledge', alert: 'a', by: 'ana' });
  target.send({ type: 'redrive', by: 'ana' });
  target.succeed();
  return target.events;
}

function cleanup(): Told {
  const tally = { counts: { job: 1 }, bytes: 10_240, failed: 0, complete: true };
  const job = { kind: 'job', id: 'old' } as const;
  const events: CleanupEvent[] = [
    {
      type: 'cleanup.started',
      data: { run: 'r1', by: 'ana', dryRun: false, retention: { jobDays: 30, keepJobs: 0 } },
    },
    { type: 'cleanup.removing', data: { run: 'r1', items: [{ ...job, why: 'it is over', bytes: 10_240 }] } },
    {
      type: 'cleanup.archived',
      data: {
        ...{ run: 'r1', ...job, archive: 'archive/job/2026-05-01/old.jsonl.gz', events: 7 },
        ...{ hash: 'a'.repeat(64), signedBy: 'b'.repeat(64), bytes: 900 },
      },
    },
    {
      type: 'cleanup.stayed',
      data: { run: 'r1', kind: 'lock', id: 'owner-1.lock', reason: 'it is held', failed: false },
    },
    { type: 'cleanup.completed', data: { run: 'r1', ...tally, dryRun: false } },
  ];
  return events.map((event, i) => ({ event, at: NOON + i }));
}
