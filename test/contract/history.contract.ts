import type { Quarantine } from '../../lib/core/history/evidence';
import { type AttemptSample, type RetrySample, WINDOWS } from '../../lib/core/history/samples';
import { LIMITS } from '../../lib/core/limits';
import type { HistoryStore } from '../../lib/core/ports/history';

const NODE = 'a'.repeat(16);
const INPUT = 'b'.repeat(16);
const SIGNATURE = 'c'.repeat(16);
const NOW = Date.now();

function attempt(n: number, rest: Partial<AttemptSample> = {}): AttemptSample {
  const of = { jobId: `j${n}`, nodeId: 'n', attempt: 1, at: NOW + n };
  return { ...of, node: NODE, input: INPUT, passed: true, durationMs: 100 + n, ...rest };
}

function retry(n: number, rest: Partial<RetrySample> = {}): RetrySample {
  return {
    ...{ jobId: `j${n}`, nodeId: 'n', attempt: 2, at: NOW + n, signature: SIGNATURE },
    ...{ class: 'network', strategy: 'here', resolved: true, waitedMs: 10, spentMs: 20, slotMs: 40 },
    ...rest,
  };
}

function quarantine(id: string, rest: Partial<Quarantine> = {}): Quarantine {
  return {
    ...{ id: id.repeat(16), of: 'test', name: `test ${id}`, owner: 'team', reason: 'flaky', by: 'ana' },
    ...{ createdAt: NOW, expiresAt: NOW + 1_000 },
    ...rest,
  };
}

const none = { attempts: [], retries: [] };
const jobsOf = (samples: readonly { readonly jobId: string }[]) => samples.map(({ jobId }) => jobId);

/** What every history has to keep. */
export function historyContract(name: string, make: () => Promise<HistoryStore>): void {
  describe(`a history (${name})`, () => {
    it('knows nothing before the first job', async () => {
      const history = await make();
      expect([
        await history.ofSignature(SIGNATURE),
        await history.ofNode('ana', NODE),
        await history.failures('ana'),
        await history.retries('ana'),
        await history.retries(),
        await history.quarantines('ana'),
      ]).toEqual([[], [], [], [], [], []]);
      expect(await history.correctionOf(SIGNATURE, 'ana')).toBeUndefined();
    });

    it('gives the attempts of a node back as they were told, newest first', async () => {
      const history = await make();
      const failed = attempt(2, {
        passed: false,
        failed: [{ key: 'd'.repeat(16), name: 'cart > adds' }],
        partial: true,
        rerun: true,
      });
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts: [attempt(1), failed] });
      expect(await history.ofNode('ana', NODE)).toEqual([failed, attempt(1)]);
      expect(await history.failures('ana')).toEqual([failed]);
    });

    it('learns the same from a job that it is told of again, in whatever order', async () => {
      const history = await make();
      const [attempts, retries] = [
        [attempt(1), attempt(3)],
        [retry(1), retry(2)],
      ];
      await history.learn({ jobId: 'j', owner: 'ana', attempts, retries });
      await history.learn({ ...none, jobId: 'k', owner: 'ana', attempts: [attempt(2)] });
      await history.learn({
        ...{ jobId: 'j', owner: 'ana' },
        ...{ attempts: [...attempts].reverse(), retries: [...retries].reverse() },
      });
      expect(jobsOf(await history.ofNode('ana', NODE))).toEqual(['j3', 'j2', 'j1']);
      expect(jobsOf(await history.retries('ana'))).toEqual(['j2', 'j1']);
      expect(await history.ofSignature(SIGNATURE)).toMatchObject([{ attempts: 2, resolved: 2 }]);
    });

    it('keeps the attempts of owners and nodes apart', async () => {
      const history = await make();
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts: [attempt(1, { passed: false })] });
      const other = attempt(2, { node: 'e'.repeat(16) });
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts: [other] });
      expect(jobsOf(await history.ofNode('ana', NODE))).toEqual(['j1']);
      expect(await history.ofNode('ana#', NODE)).toEqual([]);
      expect(await history.failures('bob')).toEqual([]);
    });

    it('expects of nodes what their latest attempts took that passed and ran all of their work', async () => {
      const history = await make();
      const other = 'e'.repeat(16);
      const took = (n: number, durationMs: number, rest: Partial<AttemptSample> = {}) =>
        attempt(n, { durationMs, ...rest });
      const attempts = [
        ...[took(1, 100), took(2, 300), took(3, 9_000, { passed: false }), took(4, 1, { rerun: true })],
        took(5, 50, { node: other }),
      ];
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts });
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts: [...attempts].reverse() });
      await history.learn({ ...none, jobId: 'k', owner: 'bob', attempts: [took(6, 500)] });
      const unknown = '0'.repeat(16);
      expect(await history.durationsOf([NODE, other, unknown])).toEqual(
        new Map([
          [NODE, 300],
          [other, 50],
        ]),
      );
      const later = Array.from({ length: 20 }, (_, n) => took(10 + n, 40));
      await history.learn({ ...none, jobId: 'l', owner: 'ana', attempts: later });
      expect(await history.durationsOf([NODE])).toEqual(new Map([[NODE, 40]]));
    });

    it('expects of hundreds of nodes at once', async () => {
      const history = await make();
      const nodes = Array.from({ length: 230 }, (_, n) => n.toString(16).padStart(16, '0'));
      const attempts = nodes.map((each, n) => attempt(n, { node: each, durationMs: n }));
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts });
      expect([...(await history.durationsOf(nodes)).values()].reduce((a, b) => a + b)).toBe((230 * 229) / 2);
    });

    it('sums up what retries came to by class and strategy, whoever made them', async () => {
      const history = await make();
      const elsewhere = retry(2, { strategy: 'elsewhere', resolved: false });
      await history.learn({ ...none, jobId: 'j', owner: 'ana', retries: [retry(1), elsewhere] });
      await history.learn({ ...none, jobId: 'k', owner: 'bob', retries: [retry(3, { resolved: false })] });
      await history.learn({
        ...none,
        jobId: 'l',
        owner: 'bob',
        retries: [retry(4, { signature: 'f'.repeat(16) })],
      });
      const sum = { class: 'network', resolved: 1, waitedMs: 20, spentMs: 40, slotMs: 80 };
      expect(await history.ofSignature(SIGNATURE)).toEqual([
        { ...sum, strategy: 'here', attempts: 2 },
        { ...sum, strategy: 'elsewhere', attempts: 1, resolved: 0, waitedMs: 10, spentMs: 20, slotMs: 40 },
      ]);
      expect(jobsOf(await history.retries('ana'))).toEqual(['j2', 'j1']);
      expect(jobsOf(await history.retries())).toEqual(['j4', 'j3', 'j2', 'j1']);
    });

    it('answers with the latest of a node, and no more than the window holds', async () => {
      const history = await make();
      const attempts = Array.from({ length: WINDOWS.node + 30 }, (_, n) => attempt(n));
      await history.learn({ ...none, jobId: 'j', owner: 'ana', attempts });
      const window = await history.ofNode('ana', NODE);
      expect([window.length, window[0]?.jobId]).toEqual([WINDOWS.node, `j${WINDOWS.node + 29}`]);
    });

    it('keeps what people say of a signature, the own word before that for everyone', async () => {
      const history = await make();
      const said = (by: string) => ({ class: 'assertion' as const, by, reason: 'seen', at: NOW });
      await history.correct(SIGNATURE, said('root'), 'everyone');
      await history.correct(SIGNATURE, said('ana'), { owner: 'ana' });
      await history.correct(SIGNATURE, said('ana again'), { owner: 'ana' });
      expect(await history.correctionOf(SIGNATURE, 'ana')).toEqual(said('ana again'));
      expect(await history.correctionOf(SIGNATURE, 'bob')).toEqual(said('root'));
      expect(await history.correctionOf('f'.repeat(16), 'ana')).toBeUndefined();
    });

    it('keeps quarantines by owner and id, until they are removed', async () => {
      const history = await make();
      await history.quarantine('ana', quarantine('2'));
      await history.quarantine('ana', quarantine('1'));
      await history.quarantine('ana', quarantine('2', { reason: 'still flaky' }));
      await history.quarantine('bob', quarantine('3'));
      expect(await history.quarantines('ana')).toEqual([
        quarantine('1'),
        quarantine('2', { reason: 'still flaky' }),
      ]);
      expect(await history.unquarantine('ana', '1'.repeat(16))).toBe(true);
      expect(await history.unquarantine('ana', '1'.repeat(16))).toBe(false);
      expect(await history.unquarantine('ana', '3'.repeat(16))).toBe(false);
      expect(await history.quarantines('bob')).toEqual([quarantine('3')]);
    });

    it('takes no more quarantines of an owner than there may be, and goes on to change those', async () => {
      const history = await make();
      const id = (n: number) => n.toString(16).padStart(16, '0');
      for (let first = 0; first < LIMITS.quarantines; first += 50) {
        const next = Array.from({ length: 50 }, (_, i) => ({ ...quarantine('1'), id: id(first + i) }));
        await Promise.all(next.map((each) => history.quarantine('ana', each)));
      }
      await expect(history.quarantine('ana', quarantine('f'))).rejects.toMatchObject({
        code: 'QUOTA_EXCEEDED',
      });
      await history.quarantine('ana', { ...quarantine('1'), id: id(0), reason: 'changed' });
      expect((await history.quarantines('ana'))[0]?.reason).toBe('changed');
    }, 30_000);
  });
}
