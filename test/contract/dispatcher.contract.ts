import { createMemoryMachine } from '../../lib/adapters/memory/machine';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import { RepriseError } from '../../lib/core/errors';
import type { WorkItem } from '../../lib/core/messages/pool';
import { type AttemptRef, attemptKey } from '../../lib/core/model/attempt';
import type { Dispatcher } from '../../lib/core/ports/effects';
import type { AttemptRequest, TestExecutionEngine } from '../../lib/core/ports/execution';
import { graph, node } from '../support/job-driver';

export interface DispatcherSetup {
  readonly dispatcher: Dispatcher;
  /** The worker pulls: it has no endpoint. */
  readonly pulls?: boolean;
  /** The worker that attempts are handed to. */
  readonly worker: Pick<TestExecutionEngine, 'status' | 'results'>;
  /** What the worker was asked to run, each time. */
  readonly requests: () => readonly AttemptRequest[];
  /** How often the worker started the attempt. */
  readonly starts: (ref: AttemptRef) => number;
  /** From now on the worker takes nothing. */
  readonly refuse: () => void;
  /** What the pool was told of attempts that were not taken. */
  readonly refusals: () => readonly Refusal[];
  /** Hands on whatever lies in a queue, in whatever order. */
  readonly settle: () => Promise<void>;
}

export interface Refusal extends AttemptRef {
  readonly workerId: string;
  readonly reason: string;
}

export const GRAPH = graph([node('a'), node('b', { work: { kind: 'suite', suite: 'smoke' } })]);
export const POOL = 'p';

/** A worker whose attempts go on for ever. */
export function aWorker() {
  const time = createVirtualTime(0);
  const machine = createMemoryMachine(time.setTimer, () => ({ ms: 10, end: 'succeeded' }));
  const running = machine.executor(() => undefined);
  const requests: AttemptRequest[] = [];
  let isFull = false;
  const worker: TestExecutionEngine = {
    ...running,
    async submit(request) {
      if (isFull) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'all slots are taken');
      requests.push(request);
      await running.submit(request);
    },
  };
  const setup: Pick<DispatcherSetup, 'worker' | 'requests' | 'starts' | 'refuse'> = {
    worker,
    requests: () => requests,
    starts: (ref) => machine.starts.get(attemptKey(ref)) ?? 0,
    refuse() {
      isFull = true;
    },
  };
  return { worker, setup };
}

const item = (nodeId: string, over: Partial<WorkItem> = {}): WorkItem => ({
  ...{ jobId: 'j', nodeId, attempt: 2, graphHash: 'hash', owner: 'ana', labels: ['linux'], slots: 1 },
  ...{ priority: 'normal', rank: 7, timeoutMs: 90_000, readyAt: 1_000, traceId: 'trace' },
  ...over,
});
const A: AttemptRef = { jobId: 'j', nodeId: 'a', attempt: 2 };

/** What every dispatcher keeps to. */
export function describeDispatcher(name: string, setup: () => Promise<DispatcherSetup>): void {
  describe(`dispatcher: ${name}`, () => {
    let world: DispatcherSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const of = (seq: number) => ({ id: `pool/${POOL}/${seq}`, cause: { stream: `pool/${POOL}`, seq } });
    const at = () => ({ workerId: 'w', ...(world.pulls ? {} : { endpoint: 'http://w.test:8080' }) });
    const dispatch = (work: WorkItem) =>
      world.dispatcher.dispatch({ kind: 'dispatch', ...of(1), work, ...at() });
    const cancel = (work: AttemptRef, reason = 'not wanted') =>
      world.dispatcher.cancel({ kind: 'cancelExecution', ...of(2), work, ...at(), reason });

    it('hands a worker the attempt, with what the graph says that it runs', async () => {
      await dispatch(item('a'));
      await dispatch(item('b', { attempt: 1 }));
      await world.settle();
      const rest = { timeoutMs: 90_000, traceId: 'trace' };
      const variables = { TRACEPARENT: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) };
      expect([...world.requests()].sort((one, other) => (one.nodeId < other.nodeId ? -1 : 1))).toEqual([
        { ...A, work: { kind: 'command', run: 'run a', variables }, ...rest },
        { ...A, nodeId: 'b', attempt: 1, work: { kind: 'suite', suite: 'smoke', variables }, ...rest },
      ]);
      expect(world.refusals()).toEqual([]);
    });

    it('hands on what the job was told, and what an item runs that the graph does not know', async () => {
      const own = { kind: 'command', run: 'run item 3' } as const;
      await dispatch(item('a-3', { work: own, parameters: { commit: 'abc' } }));
      await world.settle();
      expect(world.requests()).toMatchObject([{ nodeId: 'a-3', work: own, parameters: { commit: 'abc' } }]);
    });

    it('has an attempt run once that it hands on again', async () => {
      await dispatch(item('a'));
      await dispatch(item('a'));
      await world.settle();
      expect(world.starts(A)).toBe(1);
      expect(await world.worker.status(A)).toBe('running');
    });

    it('tells the pool which attempt a worker did not take, and why', async () => {
      world.refuse();
      await dispatch(item('a'));
      await world.settle();
      expect(world.refusals()).toEqual([
        // In its own words only where it is this process: what another machine answers is nobody's evidence.
        {
          ...A,
          workerId: 'w',
          reason: expect.stringMatching(/all slots are taken|did not take the attempt/),
        },
      ]);
    });

    it('ends an attempt where it runs, for the reason given', async () => {
      await dispatch(item('a'));
      await dispatch(item('a', { attempt: 3 }));
      await world.settle();
      await cancel(A, 'the job was cancelled');
      await world.settle();
      const failure = { kind: 'cancelled', message: 'the job was cancelled' };
      expect(await world.worker.results(A)).toMatchObject({ type: 'failed', failure });
      expect(await world.worker.status({ ...A, attempt: 3 })).toBe('running');
    });

    it('leaves nothing running where the cancellation is hard on the heels of the attempt', async () => {
      await dispatch(item('a'));
      await cancel(A);
      await world.settle();
      expect(await world.worker.results(A)).toMatchObject({ failure: { kind: 'cancelled' } });
    });

    it('cancels again without harm', async () => {
      await dispatch(item('a'));
      await world.settle();
      for (const reason of ['first', 'second']) await cancel(A, reason);
      await world.settle();
      await cancel(A, 'third');
      await world.settle();
      expect(await world.worker.results(A)).toMatchObject({ failure: { kind: 'cancelled' } });
      expect(world.refusals()).toEqual([]);
    });
  });
}
