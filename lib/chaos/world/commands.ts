import { dependencyAt, jobAt, poolAt, streamOf } from '../../core/messages/address';
import type { JobMessage } from '../../core/messages/job';
import type { PoolMessage } from '../../core/messages/pool';
import { PRIORITIES } from '../../core/model/priority';
import { between, pick } from '../draw';
import { DEPENDENCIES } from '../workload/graphs';
import type { PlannedJob } from '../workload/scenario';
import type { Command, CommandDeps, Lot } from './command';
import { POOL } from './fleet';
import { every } from './ground';
import { LETTER_COMMANDS, stopOf } from './letter-commands';

const MINUTE = 60_000;
const PER_MINUTE = 6;
/** Most jobs that were submitted since then are not over. */
const LIVE_MS = 90_000;

/** The job that is meant, and how many events its journal has. */
type About = PlannedJob & { readonly events: number };

const toJob =
  (messageOf: (lot: Lot, about: About) => JobMessage): Command =>
  ({ scenario, ground, journal }, lot) => {
    const now = ground.time.now();
    const known = scenario.jobs.filter(({ submitAt }) => submitAt < now);
    const live = known.filter(({ submitAt }) => submitAt > now - LIVE_MS);
    const chosen = live.length > 0 && lot('whom') < 0.7 ? pick(live, lot('job')) : pick(known, lot('job'));
    if (!chosen) return undefined;
    const to = jobAt(chosen.jobId);
    const events = journal.streams.get(streamOf(to))?.length ?? 0;
    return { to, message: messageOf(lot, { ...chosen, events }) };
  };

const toPool =
  (messageOf: (deps: CommandDeps, lot: Lot) => PoolMessage): Command =>
  (deps, lot) => ({ to: poolAt(POOL), message: messageOf(deps, lot) });

const reason = 'as a person wishes';

const COMMANDS: Readonly<Record<string, Command>> = {
  cancel: toJob(() => ({ type: 'cancel', reason })),
  cancelAnother: toJob(() => ({ type: 'cancel', reason })),
  pause: toJob(() => ({ type: 'pause', reason })),
  pauseAnother: toJob(() => ({ type: 'pause', reason })),
  unpause: toJob(() => ({ type: 'unpause', reason })),
  retry: toJob(() => ({ type: 'retry', reason })),
  retryAgain: toJob(() => ({ type: 'retry', reason })),
  resume: toJob(() => ({ type: 'resume', reason })),
  resumeFrom: toJob((lot, { graph }) => ({
    ...{ type: 'resume', reason },
    from: [pick(graph.nodes, lot('node')).id],
  })),
  rollback: toJob(() => ({ type: 'rollback', reason })),
  rollbackTo: toJob((lot, { events }) => ({ type: 'rollback', reason, to: between(0, events, lot('to')) })),
  ...LETTER_COMMANDS,
  reprioritise: toJob((lot) => ({ type: 'reprioritise', priority: pick(PRIORITIES, lot('priority')) })),
  cordon: toPool(({ fleet }, lot) => ({
    type: 'workerCordoned',
    workerId: pick(fleet.ids, lot('worker')),
    reason,
  })),
  uncordon: toPool(({ fleet }, lot) => ({
    type: 'workerUncordoned',
    workerId: pick(fleet.ids, lot('worker')),
  })),
  drain({ fleet }, lot) {
    fleet.drain(pick(fleet.ids, lot('worker')));
    return undefined;
  },
  queue: toPool((_, lot) => ({
    type: 'queueChanged',
    status: pick(['open', 'open', 'paused', 'draining'], lot('status')),
  })),
  limit: toPool((_, lot) => ({ type: 'queueLimited', maxRunningJobs: between(1, 20, lot('limit')) })),
  force: (_, lot) => ({
    to: dependencyAt(pick(DEPENDENCIES, lot('dependency'))),
    message: { type: 'forced', status: pick(['open', 'closed'], lot('status')), by: 'ana', reason },
  }),
  reset: (_, lot) => ({
    to: dependencyAt(pick(DEPENDENCIES, lot('dependency'))),
    message: { type: 'reset', by: 'ana', reason },
  }),
};
const NAMES = Object.keys(COMMANDS);
/** The share of redrives that whoever asked for them stops again, and within how long, milliseconds. */
const STOPS = 0.5;
const STOPPED_WITHIN_MS = 30_000;

/** People who ask for things at bad moments, up to six times a minute. */
export function startCommands(deps: CommandDeps): void {
  const { ground } = deps;
  const { time, faults, say } = ground;
  every(ground, MINUTE, (nth) => {
    for (let i = 1; i <= PER_MINUTE; i++) {
      const name = `${nth}.${i}`;
      if (!faults.strikes('command', name)) continue;
      time.setTimer(
        () => {
          if (faults.isOver()) return;
          const lot = (what: string) => faults.lot(`${what} of command ${name}`);
          const chosen = pick(NAMES, lot('kind'));
          const delivery = (COMMANDS[chosen] as Command)(deps, lot);
          say('ana', () => `asks for ${chosen} ${delivery ? delivery.to.id : ''}`.trimEnd());
          if (!delivery) return;
          deps.ask(delivery, `command ${name}`);
          const stop = lot('stops') < STOPS ? stopOf(delivery) : undefined;
          if (!stop) return;
          const afterMs = STOPPED_WITHIN_MS * lot('stop') ** 2;
          time.setTimer(() => !faults.isOver() && deps.ask(stop, `command ${name} stopped`), afterMs);
        },
        MINUTE * faults.lot(`time of command ${name}`),
      );
    }
  });
}

/** What a person does at the end so that everything can come to its end. */
export function clearUp({ scenario, fleet, ask }: CommandDeps, time: string): void {
  const said = 'clearing up';
  ask({ to: poolAt(POOL), message: { type: 'queueChanged', status: 'open' } }, `clear up queue ${time}`);
  for (const workerId of fleet.ids) {
    ask(
      { to: poolAt(POOL), message: { type: 'workerUncordoned', workerId } },
      `clear up ${workerId} ${time}`,
    );
  }
  for (const name of DEPENDENCIES) {
    ask(
      { to: dependencyAt(name), message: { type: 'reset', by: 'ana', reason: said } },
      `clear up ${name} ${time}`,
    );
  }
  for (const { jobId } of scenario.jobs) {
    ask({ to: jobAt(jobId), message: { type: 'unpause', reason: said } }, `clear up ${jobId} ${time}`);
  }
}
