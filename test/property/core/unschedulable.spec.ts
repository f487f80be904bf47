import fc from 'fast-check';
import type { PoolMessage, WorkItem } from '../../../lib/core/messages/pool';
import { poolDecider } from '../../../lib/core/scheduler/decider';
import type { PoolEvent } from '../../../lib/core/scheduler/events';
import { KEPT_OFF_MS, NO_WORKER_MS } from '../../../lib/core/scheduler/unschedulable';

const MINUTE = 60_000;
const STEP = MINUTE / 2;
/** Refusals after which a job gives a node up: docs/recovery.md. */
const REFUSALS = 15;

interface Fleet {
  /** How each worker takes what it is given. */
  readonly workers: readonly { readonly takes: boolean; readonly label: 'linux' | 'gpu' }[];
  /** Nodes that become ready, and when, in minutes. */
  readonly nodes: readonly { readonly readyAt: number; readonly label: 'linux' | 'gpu' | 'none' }[];
}

const fleets: fc.Arbitrary<Fleet> = fc.record({
  workers: fc.array(
    fc.record({ takes: fc.boolean(), label: fc.constantFrom('linux' as const, 'gpu' as const) }),
    { maxLength: 4 },
  ),
  nodes: fc.array(
    fc.record({
      readyAt: fc.integer({ min: 0, max: 90 }),
      label: fc.constantFrom('linux' as const, 'gpu' as const, 'none' as const),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

interface Ended {
  readonly how: 'ran' | 'untaken';
  readonly at: number;
}

/** Plays a fleet with jobs that offer again what was refused, and count it. */
function play({ workers, nodes }: Fleet, untilMs: number): (Ended | undefined)[] {
  const state = poolDecider.initial();
  const ends: (Ended | undefined)[] = nodes.map(() => undefined);
  const attempts = nodes.map(() => 0);
  let now = 0;
  const again: number[] = [];
  const offer = (i: number): PoolMessage => {
    const node = nodes[i] as Fleet['nodes'][number];
    attempts[i] = (attempts[i] ?? 0) + 1;
    const work: WorkItem = {
      ...{ jobId: 'j', nodeId: `n${i}`, attempt: attempts[i], graphHash: 'h', owner: 'ana', slots: 1 },
      ...{ labels: node.label === 'none' ? [] : [node.label], priority: 'normal', rank: 1 },
      ...{ timeoutMs: 10 * MINUTE, readyAt: now, traceId: 't' },
    };
    return { type: 'workOffered', work };
  };
  function hear({ type, data }: PoolEvent): PoolMessage[] {
    if (!('nodeId' in data)) return [];
    const i = Number(data.nodeId.slice(1));
    const ref = { jobId: data.jobId, nodeId: data.nodeId, attempt: data.attempt };
    if (type === 'lease.granted') {
      const takes = workers[Number(data.workerId.slice(1))]?.takes;
      if (takes) {
        ends[i] = { how: 'ran', at: now };
        return [{ type: 'workReleased', ...ref }];
      }
      return [{ type: 'dispatchFailed', ...ref, workerId: data.workerId, reason: 'no answer' }];
    }
    const cause = type === 'lease.revoked' || type === 'work.dropped' ? data.cause : undefined;
    if (cause === 'unschedulable' || attempts[i] === REFUSALS) ends[i] = { how: 'untaken', at: now };
    else if (cause === 'refused') again.push(i);
    return [];
  }
  function send(message: PoolMessage): void {
    for (const input of [message, { type: 'assign' as const }]) {
      const events = poolDecider.decide(state, { ...input, at: now });
      for (const event of events) poolDecider.evolve(state, event, now);
      for (const next of events.flatMap(hear)) send(next);
    }
  }
  workers.forEach(({ label }, i) => {
    send({
      type: 'workerRegistered',
      worker: { workerId: `w${i}`, labels: [label], slots: 1, endpoint: `http://w${i}` },
    });
  });
  for (; now < untilMs && ends.includes(undefined); now += STEP) {
    for (const i of again.splice(0)) send(offer(i));
    nodes.forEach((node, i) => {
      if (node.readyAt * MINUTE === now) send(offer(i));
    });
    send({ type: 'sweep' });
  }
  return ends;
}

const fitsOf = ({ workers }: Fleet, label: string) =>
  workers.filter((worker) => label === 'none' || worker.label === label);

describe('any fleet', () => {
  it('has work run, or gives it back: within an hour where no worker takes it, within a day where there is none', () => {
    const seen = { ran: 0, untaken: 0, missing: 0 };
    fc.assert(
      fc.property(fleets, (fleet) => {
        play(fleet, NO_WORKER_MS + 95 * MINUTE).forEach((end, i) => {
          const { readyAt, label } = fleet.nodes[i] as Fleet['nodes'][number];
          const waited = (end?.at ?? Number.POSITIVE_INFINITY) - readyAt * MINUTE;
          const fitting = fitsOf(fleet, label);
          if (fitting.some(({ takes }) => takes)) {
            expect(end?.how).toBe('ran');
            seen.ran += 1;
          } else if (fitting.length > 0) {
            expect(end?.how).toBe('untaken');
            expect(waited).toBeLessThanOrEqual(2 * KEPT_OFF_MS + 2 * STEP);
            seen.untaken += 1;
          } else {
            expect(end?.how).toBe('untaken');
            expect(waited).toBeLessThanOrEqual(NO_WORKER_MS + 2 * STEP);
            seen.missing += 1;
          }
        });
      }),
      { numRuns: 60 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
  });
});
