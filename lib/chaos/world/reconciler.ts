import type { MemoryJournalStore } from '../../adapters/memory/journal-store';
import { createReconciler, type ReconcilerDeps, type Subject } from '../../core/engine/reconciler';
import { isRepriseError, isRetryable } from '../../core/errors';
import type { JobEvent } from '../../core/job/events';
import { addressOf } from '../../core/messages/address';
import type { ExecutionSightings, WorkerSightings } from '../../core/ports/sightings';
import type { Scenario } from '../workload/scenario';
import type { Alteration } from './alteration';
import type { SomeProcess } from './decide';
import { isOverBy } from './ending';
import { POOL } from './fleet';
import { every, type Ground, sleep } from './ground';
import type { Inside } from './process';

/** One that nothing stands out of is compared in one turn of so many. */
const SELDOM = 6;
/** Between the two looks that a repair takes, milliseconds. */
const PAUSE_MS = 5_000;

export interface ReconcilerParts {
  readonly journal: MemoryJournalStore;
  readonly process: SomeProcess;
  readonly executions: ExecutionSightings;
  readonly workers: WorkerSightings;
  readonly alteration: Alteration;
  readonly pace: Scenario['reconciler'];
}

export interface Reconciling {
  /** When the latest turn began that came to its end and found nothing; milliseconds of virtual time. */
  readonly foundNothingAt: () => number;
}

/** Compares the journal with the world, turn after turn, in whatever process is there. */
export function startReconciler(ground: Ground, parts: ReconcilerParts): Reconciling {
  const { time, watch, say } = ground;
  const { process, pace } = parts;
  let foundNothingAt = 0;
  every(ground, pace.everyMs, async (nth) => {
    const began = time.now();
    const answer = await process(`turn ${nth} of the reconciler`)?.run((inside) =>
      turn(ground, parts, { nth, inside }),
    );
    if (answer?.kind === 'failed' && !(isRepriseError(answer.error) && isRetryable(answer.error)))
      watch.broke(answer.error, 'reconciling');
    if (answer?.kind !== 'done') return;
    if (answer.value === 0) foundNothingAt = began;
    else say('reconciler', () => `repairs ${answer.value}`);
  });
  return { foundNothingAt: () => foundNothingAt };
}

interface Turn {
  readonly nth: number;
  readonly inside: Inside;
}

/** As lambdas/reconciler and the daemon do it. @returns how much was repaired. */
async function turn(ground: Ground, parts: ReconcilerParts, { nth, inside }: Turn): Promise<number> {
  const { journal, executions, alteration, pace } = parts;
  const { call } = inside;
  const reconciler = createReconciler(alteration.reconciler(depsOf(ground, parts, inside)));
  const quietSince = inside.now() - pace.graceMs;
  const live = new Set<string>();
  const subjects = [...journal.streams].flatMap(([stream, events], i): Subject[] => {
    const { kind, id } = addressOf(stream) ?? {};
    const thorough = pace.isThorough || i % SELDOM === nth % SELDOM;
    if (kind === 'job' && !isOverBy(events as readonly JobEvent[])) live.add(id as string);
    else if (kind !== 'dependency') return [];
    const isDue = thorough || (events.at(-1)?.at ?? 0) < quietSince;
    if (!isDue) return [];
    return [kind === 'job' ? { kind, id: id as string, thorough } : { kind: 'dependency', id: id as string }];
  });
  let repairs = (await reconciler.reconcile(subjects)).length;
  repairs += (await reconciler.reconcile(await reconciler.suspects(POOL, live))).length;
  const strays: Subject[] = [];
  await call(`executions ${nth}`, async () => {
    for await (const page of executions.running(nth, live))
      strays.push(...page.map((execution): Subject => ({ kind: 'execution', execution })));
  });
  return repairs + (await reconciler.reconcile(strays)).length;
}

function depsOf(
  ground: Ground,
  { executions, workers, pace }: ReconcilerParts,
  { engine, ports, journal, now, call }: Inside,
): ReconcilerDeps {
  return {
    ...{ ports, journal, clock: now, graceMs: pace.graceMs },
    streams: { view: engine.view as ReconcilerDeps['streams']['view'] },
    executions: {
      ...executions,
      of: (jobId, run) => call(`execution ${jobId} ${run}`, () => executions.of(jobId, run)),
      stop: (id, reason) => call(`stop ${id}`, () => executions.stop(id, reason)),
    },
    workers: {
      trusted: (...of) => call(`workers ${of[0]}`, () => workers.trusted(...of)),
      of: (worker, refs) => call(`status ${worker.workerId}`, () => workers.of(worker, refs)),
    },
    pause: () => sleep(ground, PAUSE_MS),
    log: { warn: () => undefined },
    onRepair: (repair) => {
      ground.say(
        'reconciler',
        () => `${repair.kind} of ${Object.values(repair.subject).join(' ')}: ${repair.why}`,
      );
      ground.watch.repaired(repair);
    },
  };
}
