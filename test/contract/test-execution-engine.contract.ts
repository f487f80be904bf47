import type { AttemptReport } from '../../lib/core/messages/report';
import { type AttemptRef, attemptKey } from '../../lib/core/model/attempt';
import type { Work } from '../../lib/core/model/work';
import type { AttemptRequest, TestExecutionEngine } from '../../lib/core/ports/execution';

export interface Reported {
  readonly ref: AttemptRef;
  readonly report: AttemptReport;
}

export interface TestExecutionSetup {
  /** The engine that is there now: another one after a restart. */
  readonly engine: () => TestExecutionEngine;
  /** The engine goes, what it runs goes on, and another one of the same place comes. */
  readonly restart: () => Promise<void>;
  /** What an attempt does: it goes on until `finish` and then ends so, with `OUTPUTS` or the exit status 1. */
  readonly work: (ref: AttemptRef, end: 'succeeded' | 'failed') => Work;
  /** The same, ending with status 1 and a report of one test that passed and one, `bad`, that did not; absent where nothing runs. */
  readonly leavesReport?: (ref: AttemptRef) => Work;
  readonly finish: (ref: AttemptRef) => Promise<void>;
  /** Lets time pass where it does not pass by itself. Milliseconds. */
  readonly elapse: (ms: number) => Promise<void>;
  /** How often the work of an attempt began. */
  readonly executions: (ref: AttemptRef) => number;
  /** What was reported, by all engines of this place. */
  readonly reports: () => readonly Reported[];
  /** Fails after a while, naming what it waited for. */
  readonly until: (condition: () => boolean | Promise<boolean>, what: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export const OUTPUTS = { answer: 42, name: 'fred', list: [1.5, 'ä', true] };

const A: AttemptRef = { jobId: 'job', nodeId: 'a', attempt: 1 };
const B: AttemptRef = { jobId: 'job', nodeId: 'b', attempt: 1 };

/** What every Test Execution Engine keeps to. Reports may repeat: what the first of a kind says, all say. */
export function describeTestExecutionEngine(name: string, setup: () => Promise<TestExecutionSetup>): void {
  describe(`test execution engine: ${name}`, () => {
    let world: TestExecutionSetup;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());

    type Given = Partial<AttemptRequest> & { readonly end?: 'succeeded' | 'failed' };
    const submit = (ref: AttemptRef, { end = 'succeeded', ...over }: Given = {}) =>
      world.engine().submit({ ...ref, work: world.work(ref, end), timeoutMs: 60_000, traceId: 't', ...over });

    const reportsOf = (ref: AttemptRef) =>
      world.reports().flatMap((told) => (attemptKey(told.ref) === attemptKey(ref) ? [told.report] : []));
    const endsOf = (ref: AttemptRef) =>
      reportsOf(ref).filter(({ type }) => /^(succeeded|failed)$/.test(type));

    /** The end of an attempt, which is the same however often it is reported. */
    async function endOf(ref: AttemptRef, times = 1): Promise<AttemptReport> {
      await world.until(() => endsOf(ref).length >= times, `end ${times} of ${attemptKey(ref)}`);
      const [first, ...more] = endsOf(ref).map(withoutDuration);
      for (const end of more) expect(end).toEqual(first);
      return first as AttemptReport;
    }

    async function begin(ref: AttemptRef, given: Given = {}): Promise<void> {
      await submit(ref, given);
      await world.until(() => world.executions(ref) === 1, `the start of ${attemptKey(ref)}`);
    }

    it('reports that an attempt started, then that it succeeded and with what', async () => {
      await submit(A);
      await world.finish(A);
      expect(await endOf(A)).toEqual({ type: 'succeeded', outputs: OUTPUTS });
      expect([...new Set(reportsOf(A).map(({ type }) => type))]).toEqual(['started', 'succeeded']);
      for (const { ref } of world.reports()) expect(ref).toEqual(A);
    });

    it('reports why an attempt failed', async () => {
      await submit(A, { end: 'failed' });
      await world.finish(A);
      const failure = { kind: 'exit', exitCode: 1, message: expect.stringMatching(/./) };
      expect(await endOf(A)).toEqual({ type: 'failed', failure });
    });

    it('reports what the reports of its tests say, with its end and among its results', async () => {
      if (!world.leavesReport) return;
      const work = world.leavesReport(A);
      await submit(A, { work });
      await world.finish(A);
      const end = await endOf(A);
      const tests = {
        counts: { passed: 1, failed: 1 },
        failed: [{ title: 'bad' }],
        unlisted: 0,
        problems: [],
      };
      expect(end).toMatchObject({ type: 'failed', failure: { exitCode: 1 }, tests });
      expect(await world.engine().results(A)).toMatchObject({ tests });
    });

    it('says how long an attempt took', async () => {
      await submit(A);
      await world.finish(A);
      await endOf(A);
      expect(endsOf(A)[0]).toMatchObject({ durationMs: expect.any(Number) });
      expect((endsOf(A)[0] as { durationMs: number }).durationMs).toBeGreaterThanOrEqual(0);
    });

    it('runs an attempt once, however often it is submitted', async () => {
      await Promise.all([submit(A), submit(A), submit(A)]);
      await world.finish(A);
      await endOf(A);
      expect(world.executions(A)).toBe(1);
    });

    it('reports an attempt that has ended again when it is submitted again, and does not run it', async () => {
      await submit(A, { end: 'failed' });
      await world.finish(A);
      await endOf(A);
      const times = endsOf(A).length + 1;
      await submit(A, { end: 'failed' });
      expect(await endOf(A, times)).toMatchObject({ failure: { exitCode: 1 } });
      expect(world.executions(A)).toBe(1);
    });

    it('keeps apart the attempts of a node, the nodes of a job, and jobs', async () => {
      const others = [{ ...A, attempt: 2 }, B, { ...A, jobId: 'other' }];
      await submit(A, { end: 'failed' });
      for (const ref of others) await submit(ref);
      for (const ref of [A, ...others]) await world.finish(ref);
      expect(await endOf(A)).toMatchObject({ type: 'failed' });
      for (const ref of others) expect(await endOf(ref)).toMatchObject({ type: 'succeeded' });
      for (const ref of [A, ...others]) expect(world.executions(ref)).toBe(1);
    });

    it('knows nothing of an attempt that it was never told of', async () => {
      await submit(A);
      expect(await world.engine().status(B)).toBe('unknown');
      expect(await world.engine().results(B)).toBeUndefined();
    });

    it('says that an attempt runs, then that it has finished, and how', async () => {
      await submit(A);
      expect(await world.engine().status(A)).toBe('running');
      expect(await world.engine().results(A)).toBeUndefined();
      await world.finish(A);
      const end = await endOf(A);
      expect(await world.engine().status(A)).toBe('finished');
      expect(withoutDuration(await world.engine().results(A))).toEqual(end);
    });

    it('ends an attempt that is out of time', async () => {
      await submit(A, { timeoutMs: 300 });
      await world.elapse(300);
      expect(await endOf(A)).toMatchObject({ type: 'failed', failure: { kind: 'timeout' } });
      expect(await world.engine().status(A)).toBe('finished');
    });

    it('ends an attempt that is cancelled, for the first reason it is given', async () => {
      await begin(A);
      await world.engine().cancel(A, 'not wanted');
      await world.engine().cancel(A, 'not wanted again');
      const failure = { kind: 'cancelled', message: 'not wanted' };
      expect(await endOf(A)).toEqual({ type: 'failed', failure });
      expect(withoutDuration(await world.engine().results(A))).toEqual({ type: 'failed', failure });
    });

    it('does not run an attempt again that was cancelled', async () => {
      await begin(A);
      await world.engine().cancel(A, 'not wanted');
      const times = (await endOf(A)) && endsOf(A).length + 1;
      await submit(A);
      expect(await endOf(A, times)).toMatchObject({ failure: { kind: 'cancelled', message: 'not wanted' } });
      expect(world.executions(A)).toBe(1);
    });

    it('leaves an attempt as it ended when its cancellation comes late', async () => {
      await submit(A);
      await world.finish(A);
      await endOf(A);
      await world.engine().cancel(A, 'too late');
      expect(await world.engine().results(A)).toMatchObject({ type: 'succeeded', outputs: OUTPUTS });
      expect(await endOf(A)).toEqual({ type: 'succeeded', outputs: OUTPUTS });
    });

    it('never runs an attempt whose cancellation came first, and says so when it comes', async () => {
      await world.engine().cancel(A, 'overtaken');
      expect(await world.engine().status(A)).toBe('finished');
      await submit(A);
      await world.finish(A);
      const failure = { kind: 'cancelled', message: 'overtaken' };
      expect(await endOf(A)).toEqual({ type: 'failed', failure });
      expect(withoutDuration(await world.engine().results(A))).toEqual({ type: 'failed', failure });
      expect(world.executions(A)).toBe(0);
    });

    it('cancels one attempt and no other', async () => {
      await begin(A);
      await begin(B);
      await world.engine().cancel(A, 'not wanted');
      await endOf(A);
      expect(await world.engine().status(B)).toBe('running');
      await world.finish(B);
      expect(await endOf(B)).toMatchObject({ type: 'succeeded' });
    });

    describe('after a restart', () => {
      it('goes on with what runs, and reports its start and its end', async () => {
        await begin(A);
        const before = reportsOf(A).length;
        await world.restart();
        expect(await world.engine().status(A)).toBe('running');
        await submit(A);
        await world.finish(A);
        expect(await endOf(A)).toEqual({ type: 'succeeded', outputs: OUTPUTS });
        const types = reportsOf(A)
          .slice(before)
          .map(({ type }) => type);
        expect([...new Set(types)]).toEqual(['started', 'succeeded']);
        expect(world.executions(A)).toBe(1);
      });

      it('knows what has ended, and reports it again when it is submitted again', async () => {
        await submit(A, { end: 'failed' });
        await world.finish(A);
        const end = await endOf(A);
        const times = endsOf(A).length + 1;
        await world.restart();
        expect(await world.engine().status(A)).toBe('finished');
        expect(withoutDuration(await world.engine().results(A))).toEqual(end);
        await submit(A, { end: 'failed' });
        expect(await endOf(A, times)).toEqual(end);
        expect(world.executions(A)).toBe(1);
      });

      it('cancels what an engine before it started', async () => {
        await begin(A);
        await world.restart();
        await world.engine().cancel(A, 'not wanted');
        await submit(A);
        expect(await endOf(A)).toEqual({
          type: 'failed',
          failure: { kind: 'cancelled', message: 'not wanted' },
        });
        expect(world.executions(A)).toBe(1);
      });

      it('remembers a cancellation that came before its attempt', async () => {
        await world.engine().cancel(A, 'overtaken');
        await world.restart();
        await submit(A);
        expect(await endOf(A)).toMatchObject({ failure: { kind: 'cancelled', message: 'overtaken' } });
        expect(world.executions(A)).toBe(0);
      });
    });
  });
}

/** What is reported and what is kept are measured by different clocks. */
function withoutDuration(report: AttemptReport | undefined): unknown {
  if (report === undefined || !('durationMs' in report)) return report;
  const { durationMs: _, ...rest } = report;
  return rest;
}
