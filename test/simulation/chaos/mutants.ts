import type { FaultKind } from '../../../lib/chaos/faults';
import type { Scenario } from '../../../lib/chaos/workload/scenario';
import { type Alteration, UNALTERED } from '../../../lib/chaos/world/alteration';
import { POOL } from '../../../lib/chaos/world/fleet';
import type { LetterEvent } from '../../../lib/core/dlq/events';
import type { LetterInput } from '../../../lib/core/dlq/input';
import type { GroupState } from '../../../lib/core/dlq/state';
import type { Kind } from '../../../lib/core/engine/kind';
import type { Kinds } from '../../../lib/core/engine/kinds';
import type { JobEvent } from '../../../lib/core/job/events';
import type { JobInput } from '../../../lib/core/job/input';
import type { JobState } from '../../../lib/core/job/state';
import type { Decider } from '../../../lib/core/journal/decider';
import type { DomainEvent, Recorded } from '../../../lib/core/journal/envelope';
import { poolAt } from '../../../lib/core/messages/address';
import type { Effect } from '../../../lib/core/messages/effect';
import { attemptKey } from '../../../lib/core/model/attempt';
import type { ReadOnly } from '../../../lib/core/model/read-only';
import { initialCordons } from '../../../lib/core/scheduler/cordon';
import type { PoolEvent } from '../../../lib/core/scheduler/events';
import type { PoolInput } from '../../../lib/core/scheduler/input';
import type { PoolState } from '../../../lib/core/scheduler/state';

/** A small wrong version of the engine. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string;
  /** Invariants of which one must see it. */
  readonly caughtBy: readonly string[];
  readonly alteration: Alteration;
  /** What has to go wrong for it to matter; anything, where absent. */
  readonly faults?: readonly FaultKind[];
  /** What else its worlds have to be like. */
  readonly within?: (scenario: Scenario) => Scenario;
}

type JobDecider = Decider<JobState, JobInput, JobEvent>;
type PoolDecider = Decider<PoolState, PoolInput, PoolEvent>;
type LetterDecider = Decider<GroupState, LetterInput, LetterEvent>;
type Any = Kind<never, never, never, DomainEvent>;

function inKind(kind: keyof Kinds, change: (kind: Any) => Any): Alteration {
  return {
    ...UNALTERED,
    kinds: (kinds) => ({ ...kinds, [kind]: change(kinds[kind] as unknown as Any) }),
  };
}

type Opened = NonNullable<Awaited<ReturnType<Any['open']>>>;

const opened = (kind: keyof Kinds, change: (stream: Opened, id: string) => Partial<Opened>): Alteration =>
  inKind(kind, (each) => ({
    ...each,
    open: async (id, ...rest) => {
      const stream = await each.open(id, ...rest);
      return stream && { ...stream, ...change(stream, id) };
    },
  }));

const decider = <D>(kind: keyof Kinds, change: (decider: D) => Partial<D>): Alteration =>
  opened(kind, (stream) => ({
    decider: { ...stream.decider, ...(change(stream.decider as unknown as D) as object) } as never,
  }));

const job = (change: (decider: JobDecider) => Partial<JobDecider>) => decider<JobDecider>('job', change);
const pool = (change: (decider: PoolDecider) => Partial<PoolDecider>) => decider<PoolDecider>('pool', change);

/** Decides as if the state were another one. */
const poolAsIf = (other: (state: ReadOnly<PoolState>) => object): Alteration =>
  pool(({ decide }) => ({ decide: (state, input) => decide({ ...state, ...other(state) } as never, input) }));

/** Changes what is decided. */
const jobSays = (change: (events: JobEvent[], state: ReadOnly<JobState>, input: JobInput) => JobEvent[]) =>
  job(({ decide }) => ({ decide: (state, input) => change(decide(state, input), state, input) }));
const poolSays = (
  change: (events: PoolEvent[], state: ReadOnly<PoolState>, input: PoolInput) => PoolEvent[],
) => pool(({ decide }) => ({ decide: (state, input) => change(decide(state, input), state, input) }));

/** Folds on top of what the engine folds. */
const jobFolds = (more: (state: JobState, event: JobEvent) => void) =>
  job(({ evolve }) => ({
    evolve(state, event, at) {
      const next = evolve(state, event, at);
      more(next, event);
      return next;
    },
  }));
const poolFolds = (more: (state: PoolState, event: PoolEvent) => void) =>
  pool(({ evolve }) => ({
    evolve(state, event, at) {
      const next = evolve(state, event, at);
      more(next, event);
      return next;
    },
  }));

const effects = (kind: keyof Kinds, change: (effects: Effect[], event: Recorded) => Effect[]): Alteration =>
  opened(kind, (stream) => ({
    effects: (state, event, traceId) => change(stream.effects(state, event, traceId), event),
  }));

/** Nothing is ever old enough to be repaired. */
const UNRECONCILED: Alteration['reconciler'] = (deps) => ({ ...deps, graceMs: Number.POSITIVE_INFINITY });

/** Workers that pull: of those nobody says that they cannot be reached, and so nobody keeps them off work. */
export const pulling = (scenario: Scenario): Scenario => ({
  ...scenario,
  workers: scenario.workers.map(({ endpoint: _, ...worker }) => worker),
});

/** No worker takes the first node of any job: of itself no fault of the engine. */
export const UNTAKEN: Alteration = {
  ...UNALTERED,
  ports: (ports) => ({
    ...ports,
    dispatcher: {
      ...ports.dispatcher,
      async dispatch(effect) {
        const { id, workerId, work } = effect;
        const { jobId, nodeId, attempt } = work;
        if (nodeId !== 'n0') return ports.dispatcher.dispatch(effect);
        const message = { type: 'dispatchFailed' as const, jobId, nodeId, attempt, workerId, reason: 'no' };
        const origin = { id: `${id}/refused`, actor: { kind: 'engine', id: 'dispatch' } } as const;
        return ports.streams.send({ to: poolAt(POOL), message }, origin);
      },
    },
  }),
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the pool forgets to take back the lease of a first node',
    caughtBy: ['nothingRepairedInVain', 'allGivenBack'],
    faults: ['command', 'slow'],
    alteration: poolSays((events, _, input) =>
      input.type === 'workReleased' && input.nodeId === 'n0' ? [] : events,
    ),
  },
  {
    name: 'a lease takes no slots of its worker',
    caughtBy: ['roomKept'],
    alteration: poolFolds((state, event) => {
      const worker = event.type === 'lease.granted' ? state.workers.get(event.data.workerId) : undefined;
      if (worker) worker.free = worker.slots;
    }),
  },
  {
    name: 'attempts with a concurrency key are not counted',
    caughtBy: ['concurrencyKept'],
    alteration: poolFolds((state) => state.running.clear()),
  },
  {
    name: 'fences do not grow',
    caughtBy: ['leasesOfQueuedWork'],
    alteration: poolSays((events) =>
      events.map((event) =>
        event.type === 'lease.granted' ? { ...event, data: { ...event.data, fence: 7 } } : event,
      ),
    ),
  },
  {
    name: 'a worker that is lost keeps its leases',
    caughtBy: ['leasesOfQueuedWork'],
    alteration: poolSays((events, _, input) =>
      input.type === 'workerLost' ? events.filter(({ type }) => type === 'worker.lost') : events,
    ),
  },
  {
    name: 'a worker that begins anew loses what goes on there',
    caughtBy: ['adoptedStays'],
    faults: ['workerRestart', 'slow'],
    alteration: pool(({ decide }) => ({
      decide: (state, input) =>
        decide(state, input.type === 'workerRestarted' ? { ...input, running: [] } : input),
    })),
  },
  {
    name: 'late word of an earlier process takes what the one of now was given',
    caughtBy: ['adoptedStays'],
    within: (scenario) => ({ ...scenario, weights: { workerRestart: 12, crash: 3, duplicate: 8, slow: 8 } }),
    alteration: pool(({ decide }) => ({
      decide(state, input) {
        if (input.type !== 'workerRestarted') return decide(state, input);
        const { registration = input.registration } = state.workers.get(input.workerId) ?? {};
        return decide(state, { ...input, registration });
      },
    })),
  },
  {
    name: 'work goes to workers that are cordoned',
    caughtBy: ['onlyWhoMayWork'],
    faults: ['command'],
    alteration: poolAsIf(() => ({ cordons: initialCordons() })),
  },
  {
    name: 'work does not wait for its dependencies',
    caughtBy: ['dependenciesRespected'],
    alteration: poolAsIf(() => ({ dependencies: new Map() })),
  },
  {
    name: 'a paused job is given out',
    caughtBy: ['onlyWhoMayWork', 'nothingRepairedInVain'],
    faults: ['command'],
    alteration: pool(({ evolve }) => ({
      evolve: (state, event, at) =>
        event.type === 'queue.held'
          ? evolve(state, { ...event, type: 'queue.unheld' }, at)
          : evolve(state, event, at),
    })),
  },
  {
    name: 'more jobs are admitted than may run',
    caughtBy: ['fairAdmission'],
    alteration: poolAsIf(({ admission }) => ({ admission: { ...admission, maxRunningJobs: 10_000 } })),
  },
  {
    name: 'what goes on after its end does not wait until it is admitted',
    caughtBy: ['admittedAnew'],
    faults: ['command'],
    alteration: effects('job', (all) =>
      all.map((effect) => {
        if (effect.kind !== 'send' || effect.message.type !== 'workOffered') return effect;
        const { since: _, ...work } = effect.message.work;
        return { ...effect, message: { ...effect.message, work } } as Effect;
      }),
    ),
  },
  {
    name: 'what goes on after its end is not counted again',
    caughtBy: ['everyJobEnds', 'nothingRepairedInVain'],
    faults: ['command'],
    alteration: poolSays((events) =>
      events.filter(({ type, data }) => type !== 'queue.joined' || data.version === undefined),
    ),
  },
  {
    name: 'the owner with the most running jobs is admitted first',
    caughtBy: ['fairAdmission'],
    alteration: poolAsIf(({ admission }) => ({
      admission: {
        ...admission,
        runningBy: new Map([...admission.runningBy].map(([share, count]) => [share, -count])),
      },
    })),
  },
  {
    name: 'the owner who holds the most is served first',
    caughtBy: ['fairLeases'],
    alteration: poolAsIf(({ held }) => ({
      held: new Map([...held].map(([share, count]) => [share, -count])),
    })),
  },
  {
    name: 'urgency counts for nothing',
    caughtBy: ['fairLeases', 'fairAdmission'],
    alteration: poolAsIf(({ lanes }) => ({
      lanes: new Map([...lanes].map(([key, lane]) => [key, { ...lane, priorityClass: 0 }])),
    })),
  },
  {
    name: 'a job that is over stays held',
    caughtBy: ['allGivenBack', 'everyJobEnds', 'nothingRepairedInVain'],
    faults: ['command'],
    alteration: poolFolds((state, event) => {
      if (event.type === 'queue.left') state.heldJobs.add(event.data.jobId);
    }),
  },
  {
    name: 'a node does not wait for what it needs',
    caughtBy: ['needsFirst'],
    alteration: jobFolds((state, event) => {
      if (event.type !== 'node.entered' && event.type !== 'job.entered') return;
      state.nodes.forEach((node, i) => {
        if (node.phase === 'waiting' && node.entered && !node.item) state.agenda.add(i);
      });
    }),
  },
  {
    name: 'a skip counts as a success',
    caughtBy: ['needsFirst', 'undoneOnce'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        const nodes = state.nodes.map((node) =>
          node.phase === 'final' && node.outcome === 'skipped'
            ? { ...node, outcome: 'succeeded' as const }
            : node,
        );
        return input.type === 'settle' ? decide({ ...state, nodes }, input) : decide(state, input);
      },
    })),
  },
  {
    name: 'a node is tried again beyond its budget',
    caughtBy: ['budgetKept'],
    alteration: jobSays((events, _, input) => {
      const last = events.at(-1);
      if (input.type !== 'attemptFailed' || last?.type !== 'node.completed') return events;
      if (last.data.outcome !== 'failed') return events;
      const { nodeId, attempt, at } = input;
      const next = { nodeId, attempt: attempt + 1, dueAt: at + 1, delayMs: 1, why: 'once more' };
      return [...events.slice(0, -1), { type: 'node.retryScheduled', data: next }];
    }),
  },
  {
    name: 'one failure counts twice',
    caughtBy: ['budgetKept'],
    alteration: jobFolds((state, event) => {
      if (event.type !== 'attempt.failed') return;
      const i = /^n(\d+)$/.exec(event.data.nodeId)?.[1];
      const node = i === undefined ? undefined : state.nodes[Number(i)];
      if (node) node.failures += 1;
    }),
  },
  {
    name: 'losses have no bound',
    caughtBy: ['budgetKept', 'everyJobEnds'],
    faults: ['partition', 'lostDispatch', 'workerDeath'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        if (input.type !== 'attemptLost') return decide(state, input);
        return decide({ ...state, nodes: state.nodes.map((node) => ({ ...node, losses: -9 })) }, input);
      },
    })),
  },
  {
    name: 'refusals have no bound',
    caughtBy: ['budgetKept'],
    faults: [],
    within: pulling,
    alteration: {
      ...job(({ decide }) => ({
        decide(state, input) {
          if (input.type !== 'attemptLost') return decide(state, input);
          return decide({ ...state, nodes: state.nodes.map((node) => ({ ...node, refusals: 0 })) }, input);
        },
      })),
      ports: UNTAKEN.ports,
    },
  },
  {
    name: 'patience with what is outside has no end',
    caughtBy: ['budgetKept'],
    faults: ['dependencyOutage', 'slow'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        if (input.type !== 'attemptFailed') return decide(state, input);
        const nodes = state.nodes.map((node) =>
          node.retry ? { ...node, retry: { ...node.retry, failingSince: input.at } } : node,
        );
        return decide({ ...state, nodes }, input);
      },
    })),
  },
  {
    name: 'there is no patience with what is outside',
    caughtBy: ['budgetKept'],
    alteration: jobSays((events, state, input) => {
      const last = events.at(-1);
      if (input.type !== 'attemptFailed' || last?.type !== 'node.retryScheduled') return events;
      if (!/past its/.test(last.data.why) || state.rollback) return events;
      const { nodeId, attempt } = input;
      const data = { nodeId, attempts: attempt, outcome: 'failed' as const, why: 'all attempts failed' };
      return [...events.slice(0, -1), { type: 'node.completed', data }];
    }),
  },
  {
    name: 'a retry does not wait',
    caughtBy: ['waitsItsTime'],
    alteration: jobSays((events) =>
      events.flatMap((event): JobEvent[] => {
        if (event.type !== 'node.retryScheduled') return [event];
        const { nodeId, attempt } = event.data;
        return [event, { type: 'node.ready', data: { nodeId, attempt } }];
      }),
    ),
  },
  {
    name: 'a late report counts for the attempt of now',
    caughtBy: ['reportsAreTrue'],
    faults: ['partition', 'lateReport', 'workerDeath'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        if (input.type !== 'attemptSucceeded' && input.type !== 'attemptFailed') return decide(state, input);
        const i = Number(/^n(\d+)$/.exec(input.nodeId)?.[1] ?? Number.NaN);
        return decide(state, { ...input, attempt: state.nodes[i]?.attempt ?? input.attempt });
      },
    })),
  },
  {
    name: 'a cancellation is not heard',
    caughtBy: ['commandsHaveEffect'],
    faults: ['command'],
    alteration: jobSays((events, _, input) => (input.type === 'cancel' ? [] : events)),
  },
  {
    name: 'a cancelled job goes on',
    caughtBy: ['stopsWhenCancelled', 'needsFirst', 'attemptsInOrder'],
    faults: ['command'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        const { cancelReason: _, ...rest } = state;
        return input.type === 'settle' ? decide(rest, input) : decide(state, input);
      },
    })),
  },
  {
    name: 'a job succeeds whatever its nodes do',
    caughtBy: ['endsAsItsNodes', 'answersAgree'],
    alteration: jobSays((events) =>
      events.map((event) =>
        event.type === 'job.completed' ? { ...event, data: { status: 'succeeded' as const } } : event,
      ),
    ),
  },
  {
    name: 'a message about a node that is not there breaks the job',
    caughtBy: ['nothingUnforeseen'],
    faults: ['poison'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        if (input.type === 'attemptSucceeded' && input.nodeId === 'n999') throw new TypeError('no such node');
        return decide(state, input);
      },
    })),
  },
  {
    name: 'the workflow is not answered for second nodes',
    caughtBy: ['nothingRepairedInVain', 'everyJobEnds', 'answersAgree'],
    faults: ['command', 'slow'],
    alteration: effects('job', (all) =>
      all.filter((effect) => effect.kind !== 'answerNode' || effect.answer.nodeId !== 'n1'),
    ),
  },
  {
    name: 'a node that is entered late is answered with a skip',
    caughtBy: ['answersAgree'],
    alteration: effects('job', (all, event) =>
      all.map((effect) =>
        effect.kind === 'answerNode' && event.seq % 2 === 0
          ? { ...effect, answer: { ...effect.answer, outcome: 'skipped' as const } }
          : effect,
      ),
    ),
  },
  {
    name: 'an attempt is handed to two workers',
    caughtBy: ['startsOnce'],
    alteration: effects('pool', (all) =>
      all.flatMap((effect) => {
        if (effect.kind !== 'dispatch') return [effect];
        const { registration: _, ...other } = effect;
        const workerId = effect.workerId === 'w1' ? 'w2' : 'w1';
        return [effect, { ...other, id: `${effect.id}/twice`, workerId } as Effect];
      }),
    ),
  },
  {
    name: 'a revoked lease is not told to its job, and nobody reconciles',
    caughtBy: ['everyJobEnds'],
    alteration: {
      ...effects('pool', (all, { type }) => (type === 'lease.revoked' ? [] : all)),
      reconciler: UNRECONCILED,
    },
  },
  {
    name: 'the fast path confirms what it has not performed',
    caughtBy: ['effectsPerformed', 'everyJobEnds'],
    alteration: { ...UNALTERED, perform: (perform) => (all, of) => perform(all.slice(0, -1), of) },
  },
  {
    name: 'whoever performs effects does not come back',
    caughtBy: ['comesToRest'],
    faults: [],
    alteration: {
      ...UNALTERED,
      reconciler: UNRECONCILED,
      perform: () => () => new Promise(() => undefined),
    },
  },
  {
    name: 'the mark passes over a gap',
    caughtBy: ['effectsPerformed', 'everyJobEnds'],
    alteration: {
      ...UNALTERED,
      journal: (journal) => ({
        ...journal,
        confirm: async (stream, _from, to) =>
          journal.confirm(stream, (await journal.confirmed(stream)) + 1, to),
      }),
    },
  },
  {
    name: 'an event is not chained to the one before',
    caughtBy: ['chainIntact'],
    alteration: {
      ...UNALTERED,
      journal: (journal) => ({
        ...journal,
        append: (stream, head, events, listing) => {
          const torn = events.map((event) => (event.seq === 3 ? { ...event, prev: '0'.repeat(64) } : event));
          return journal.append(stream, head, torn, listing);
        },
      }),
    },
  },
  {
    name: 'a snapshot of a pool loses who was served last',
    caughtBy: ['replayEqualsLive'],
    alteration: inKind('pool', (kind) => ({
      ...kind,
      fold: {
        ...kind.fold,
        thaw: (frozen) => {
          const state = kind.fold.thaw(frozen) as PoolState;
          state.served.clear();
          return state as never;
        },
      },
    })),
  },
  {
    name: 'a snapshot of a job loses its attempts that were lost',
    caughtBy: ['replayEqualsLive'],
    alteration: inKind('job', (kind) => ({
      ...kind,
      fold: {
        ...kind.fold,
        thaw: (frozen) => {
          const state = kind.fold.thaw(frozen) as JobState;
          for (const node of state.nodes) delete node.readyAt;
          return state as never;
        },
      },
    })),
  },
  {
    name: 'lists do not learn that a job has ended',
    caughtBy: ['listingsAgree'],
    alteration: inKind('job', (kind) => {
      const listing = kind.listing as NonNullable<Kinds['job']['listing']>;
      return {
        ...kind,
        listing: { ...listing, changes: { ...listing.changes, 'job.completed': false } } as never,
      };
    }),
  },
  {
    name: 'what is undone is undone again',
    caughtBy: ['undoneOnce'],
    alteration: jobFolds((state, event) => {
      if (event.type !== 'rollback.stepSucceeded' || !state.rollback) return;
      const [i] = [...state.rollback.steps].find(([, { phase }]) => phase === 'undone') ?? [];
      const step = i === undefined ? undefined : state.rollback.steps.get(i);
      if (i === undefined || !step || step.made > 1) return;
      step.phase = 'waiting';
      state.rollback.agenda.add(i);
      state.rollback.open += 1;
    }),
  },
  {
    name: 'what was complete first is undone first',
    caughtBy: ['undoneInOrder'],
    alteration: jobSays((events) =>
      events.map((event) =>
        event.type === 'rollback.started'
          ? { ...event, data: { ...event.data, nodes: event.data.nodes.toReversed() } }
          : event,
      ),
    ),
  },
  {
    name: 'a step does not wait for those that need its node',
    caughtBy: ['undoneInOrder'],
    alteration: jobFolds((state, event) => {
      if (event.type !== 'rollback.started') return;
      for (const i of state.rollback?.steps.keys() ?? []) state.rollback?.agenda.add(i);
    }),
  },
  {
    name: 'a rollback ends before its steps',
    caughtBy: ['rollbacksEnd'],
    alteration: job(({ decide }) => ({
      decide(state, input) {
        const { rollback } = state;
        if (input.type !== 'settle' || !rollback || rollback.completedAt !== undefined)
          return decide(state, input);
        return decide({ ...state, rollback: { ...rollback, open: 0 } }, input);
      },
    })),
  },
  {
    name: 'a graph that asks for a rollback has none',
    caughtBy: ['rollbacksEnd'],
    alteration: jobSays((events, state) => {
      const asked = state.rollbackAsked !== undefined;
      if (asked || !events.some(({ type }) => type === 'rollback.started')) return events;
      return state.status === 'running' ? [{ type: 'job.completed', data: { status: 'failed' } }] : events;
    }),
  },
  {
    name: 'a step is tried again beyond the budget of its node',
    caughtBy: ['budgetKept'],
    alteration: jobSays((events, _, input) =>
      events.flatMap((event): JobEvent[] => {
        if (event.type === 'rollback.completed' || event.type === 'job.completed')
          return input.type === 'attemptFailed' ? [] : [event];
        if (event.type !== 'rollback.stepGivenUp' || input.type !== 'attemptFailed') return [event];
        const { nodeId, attempt, at } = input;
        const next = { nodeId, attempt: attempt + 1, dueAt: at + 1, delayMs: 1, why: 'once more' };
        return [{ type: 'rollback.stepScheduled', data: next }];
      }),
    ),
  },
  {
    name: 'what could not be undone has no letter',
    caughtBy: ['lettersOfFailures'],
    alteration: effects('job', (all, { type }) =>
      type === 'rollback.stepGivenUp' ? all.filter(({ kind }) => kind !== 'send') : all,
    ),
  },
  {
    name: 'a node that failed for good has no letter',
    caughtBy: ['lettersOfFailures'],
    alteration: effects('job', (all) =>
      all.filter(
        (effect) =>
          effect.kind !== 'send' ||
          effect.message.type !== 'park' ||
          !/n1$/.test(effect.message.letter.nodeId ?? ''),
      ),
    ),
  },
  {
    name: 'a letter does not hear that its node is mended',
    caughtBy: ['lettersOfFailures'],
    faults: ['command'],
    alteration: effects('job', (all) =>
      all.filter((effect) => effect.kind !== 'send' || effect.message.type !== 'closed'),
    ),
  },
  {
    name: 'the rest does not wait for the canary',
    caughtBy: ['redrivenInOrder'],
    faults: ['command'],
    alteration: decider<LetterDecider>('letter', ({ evolve }) => ({
      evolve(state, event, at) {
        const next = evolve(state, event, at);
        if (next.order) Object.assign(next.order, { proven: true, mode: 'all' });
        return next;
      },
    })),
  },
  {
    name: 'a redrive is not stopped',
    caughtBy: ['redrivenInOrder'],
    faults: ['command'],
    alteration: decider<LetterDecider>('letter', ({ decide }) => ({
      decide: (state, input) => (input.type === 'stopRedrive' ? [] : decide(state, input)),
    })),
  },
  {
    name: 'what is being redriven is redriven again',
    caughtBy: ['redrivenInOrder', 'lettersOfFailures'],
    faults: ['command'],
    alteration: decider<LetterDecider>('letter', ({ decide }) => ({
      decide(state, input) {
        const letters = [...state.letters].map(([id, letter]) => {
          return [
            id,
            letter.status === 'redriving' ? { ...letter, status: 'open' as const } : letter,
          ] as const;
        });
        return decide({ ...state, letters: new Map(letters) }, input);
      },
    })),
  },
  {
    name: 'a retry runs again what succeeded',
    caughtBy: ['finishedStays'],
    faults: ['command'],
    alteration: jobSays((events, state) =>
      events.map((event) => {
        if (event.type !== 'job.resumed' || event.data.level === undefined) return event;
        const done = state.nodes.flatMap((node, i) =>
          node.phase === 'final' && node.outcome === 'succeeded' && !node.item && !node.fanOut
            ? [`n${i}`]
            : [],
        );
        return { ...event, data: { ...event.data, nodes: [...new Set([...event.data.nodes, ...done])] } };
      }),
    ),
  },
  {
    name: 'a recovery that has worked does not say so',
    caughtBy: ['recoveriesEnd'],
    faults: ['workerDeath', 'partition', 'workflowEnd'],
    alteration: jobSays((events) => events.filter(({ type }) => type !== 'recovery.completed')),
  },
  {
    name: 'the reconciler does not believe what workers say',
    caughtBy: ['nothingRepairedInVain'],
    faults: ['slow', 'command'],
    alteration: {
      ...UNALTERED,
      reconciler: (deps) => ({
        ...deps,
        workers: {
          trusted: async () => new Set(),
          async of(_worker, refs) {
            const silence = new Map(refs.map((ref) => [attemptKey(ref), { status: 'unknown' as const }]));
            return { attempts: silence, running: [] };
          },
        },
      }),
    },
  },
  {
    name: 'the reconciler takes what is under way for lost',
    caughtBy: ['nothingRepairedInVain'],
    faults: ['delay'],
    alteration: { ...UNALTERED, reconciler: (deps) => ({ ...deps, graceMs: 0 }) },
  },
  {
    name: 'a workflow that ended is of no consequence',
    caughtBy: ['everyJobEnds'],
    faults: ['workflowEnd'],
    alteration: jobSays((events, _, input) => (input.type === 'workflowEnded' ? [] : events)),
  },
  {
    name: 'there is no reconciler',
    caughtBy: ['everyJobEnds', 'allGivenBack'],
    faults: ['lostMessage', 'lostCall', 'workflowEnd'],
    alteration: {
      ...UNALTERED,
      reconciler: UNRECONCILED,
    },
  },
  {
    name: 'who waits for a node that ran again is not answered',
    caughtBy: ['nothingRepairedInVain', 'everyJobEnds'],
    faults: ['command'],
    alteration: opened('job', (stream) => ({
      effects: (state, event, traceId) => {
        const all = stream.effects(state, event, traceId);
        const ranAgain = (state as unknown as JobState).resumedAt !== undefined;
        return ranAgain ? all.filter(({ kind }) => kind !== 'answerNode') : all;
      },
    })),
  },
];
