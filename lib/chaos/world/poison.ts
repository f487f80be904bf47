import { type Delivery, jobAt, poolAt } from '../../core/messages/address';
import { pick } from '../draw';
import type { Scenario } from '../workload/scenario';
import { POOL } from './fleet';
import { every, type Ground } from './ground';
import type { Message } from './queues';

const MINUTE = 60_000;
const RUBBISH = { type: 'neverHeardOf', nodeId: 'n0', attempt: 1 };

/** Messages that nobody can handle, or that speak of what is not there. `jobId` is a job of the world. */
const POISONS: Readonly<Record<string, (jobId: string) => Delivery>> = {
  unknownJob: () => ({ to: jobAt('no-such-job'), message: { type: 'admit' } }),
  unknownNode: (jobId) => ({
    to: jobAt(jobId),
    message: { type: 'attemptSucceeded', nodeId: 'n999', attempt: 1, durationMs: 1, outputs: {} },
  }),
  attemptToCome: (jobId) => ({
    to: jobAt(jobId),
    message: { type: 'attemptSucceeded', nodeId: 'n0', attempt: 99, durationMs: 1, outputs: {} },
  }),
  attemptOfNobody: (jobId) => ({
    to: jobAt(jobId),
    message: { type: 'attemptLost', nodeId: 'n0', attempt: 0, reason: 'never was' },
  }),
  unknownType: (jobId) => ({ to: jobAt(jobId), message: RUBBISH as never }),
  unknownTypeForPool: () => ({ to: poolAt(POOL), message: RUBBISH as never }),
  unknownWorker: () => ({
    to: poolAt(POOL),
    message: { type: 'workerLost', workerId: 'nobody', reason: 'never was' },
  }),
  releaseOfNothing: (jobId) => ({
    to: poolAt(POOL),
    message: { type: 'workReleased', jobId, nodeId: 'n0', attempt: 77 },
  }),
  withdrawalOfNothing: (jobId) => ({
    to: poolAt(POOL),
    message: { type: 'workWithdrawn', jobId, nodeId: 'n0', attempt: 88, reason: 'why not' },
  }),
};
const NAMES = Object.keys(POISONS);

/** Puts messages into queues that nobody can handle; those around them must not suffer. */
export function startPoison(
  ground: Ground,
  { scenario, send }: { readonly scenario: Scenario; readonly send: (message: Message) => void },
): void {
  const { time, faults } = ground;
  every(ground, MINUTE, (nth) => {
    for (const { jobId, submitAt } of scenario.jobs) {
      // What speaks of a job that is not there yet is told to it by its pool: that is no fault of the message alone.
      if (submitAt + MINUTE > time.now()) continue;
      const name = `${jobId} in minute ${nth}`;
      if (!faults.strikes('poison', name)) continue;
      const chosen = pick(NAMES, faults.lot(`poison for ${name}`));
      const delivery = (POISONS[chosen] as (typeof POISONS)[string])(jobId);
      const origin = { id: `poison ${name}`, actor: { kind: 'user', id: 'eve' } } as const;
      time.setTimer(
        () => send({ delivery, origin, isPoison: true }),
        MINUTE * faults.lot(`time of poison ${name}`),
      );
    }
  });
}
