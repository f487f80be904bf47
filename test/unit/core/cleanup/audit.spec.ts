import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { announce } from '../../../../lib/core/cleanup/announce';
import { auditStream, createAudit } from '../../../../lib/core/cleanup/audit';
import type { CleanupEvent } from '../../../../lib/core/cleanup/events';
import { latestReport } from '../../../../lib/core/cleanup/report';
import { RepriseError } from '../../../../lib/core/errors';
import { verifyChain } from '../../../../lib/core/journal/verify';
import type { PublicEvent } from '../../../../lib/core/messages/public-event';
import { expectDescribed } from '../../../support/described';

const JANUARY = Date.UTC(2026, 0, 31, 23, 59);
const FEBRUARY = Date.UTC(2026, 1, 1, 0, 1);
const retention = { jobDays: 30, keepJobs: 0 };

const started = (run: string, dryRun = false): CleanupEvent => ({
  type: 'cleanup.started',
  data: { run, by: 'ana', retention, dryRun },
});
const completed = (run: string, dryRun = false): CleanupEvent => ({
  type: 'cleanup.completed',
  data: { run, dryRun, counts: { job: 1 }, bytes: 10, failed: 0, complete: true },
});

function world() {
  const journal = createMemoryJournalStore();
  const published: PublicEvent[] = [];
  const publisher = {
    publish: async (event: PublicEvent) => {
      expectDescribed(event);
      published.push(event);
    },
  };
  const note = (run: string, at: number, events: CleanupEvent[]) =>
    createAudit({ journal, clock: () => at, actor: { kind: 'user', id: 'ana' }, run }).note(events);
  return { journal, publisher, published, note };
}

describe('the audit of cleanups', () => {
  it('is a chained stream for each month', async () => {
    const { journal, note } = world();
    await note('r1', JANUARY, [started('r1'), completed('r1')]);
    await note('r2', FEBRUARY, [started('r2')]);
    expect([...journal.streams.keys()]).toEqual(['cleanup/2026-01', 'cleanup/2026-02']);
    const events = journal.streams.get('cleanup/2026-01') ?? [];
    expect(await verifyChain(events, auditStream(JANUARY))).toEqual({ valid: true, events: 2 });
  });

  it('takes what two runs say at the same time, one after the other', async () => {
    const { journal, note } = world();
    await Promise.all([note('r1', JANUARY, [started('r1')]), note('r2', JANUARY, [started('r2')])]);
    expect(await verifyChain(journal.streams.get('cleanup/2026-01') ?? [], 'cleanup/2026-01')).toEqual({
      valid: true,
      events: 2,
    });
  });

  it('says so where it cannot be written', async () => {
    const head = async () => ({ seq: 0, hash: '0'.repeat(64) });
    const append = jest.fn().mockRejectedValue(new RepriseError('VERSION_CONFLICT', 'moved on'));
    const deps = { journal: { head, append }, clock: () => JANUARY, run: 'r' };
    const audit = createAudit({ ...deps, actor: { kind: 'engine', id: 'cleaner' } });
    await expect(audit.note([started('r')])).rejects.toThrow('moved on');
    append.mockRejectedValue(new Error('the disk is full'));
    await expect(audit.note([started('r')])).rejects.toThrow('the disk is full');
  });
});

describe('the end of a cleanup', () => {
  it('is published once, also when the run that reached it died before it could, in another month', async () => {
    const { journal, publisher, published, note } = world();
    await note('r1', JANUARY, [started('r1'), completed('r1')]);
    await announce({ journal, publisher }, FEBRUARY);
    await announce({ journal, publisher }, FEBRUARY);
    expect(published).toEqual([
      {
        id: 'cleanup/2026-01/2',
        type: 'orchestration.cleanup.completed',
        at: JANUARY,
        detail: { run: 'r1', counts: { job: 1 }, bytes: 10, failed: 0, complete: true },
      },
    ]);
  });

  it('is published again where it is not known that it was', async () => {
    const { journal, publisher, published, note } = world();
    await note('r1', JANUARY, [completed('r1')]);
    const failing = { publish: async () => Promise.reject(new Error('the bus is away')) };
    await expect(announce({ journal, publisher: failing }, JANUARY)).rejects.toThrow('away');
    await announce({ journal, publisher }, JANUARY);
    expect(published.map(({ id }) => id)).toEqual(['cleanup/2026-01/1']);
  });

  it('of a dry run is not', async () => {
    const { journal, publisher, published, note } = world();
    await note('r1', JANUARY, [started('r1', true), completed('r1', true)]);
    await announce({ journal, publisher }, JANUARY);
    expect(published).toEqual([]);
  });
});

describe('the report of a cleanup', () => {
  it('is of the run that began last, in this month or the one before', async () => {
    const { journal, note } = world();
    expect(await latestReport(journal, FEBRUARY)).toBeUndefined();
    await note('r1', JANUARY, [started('r1'), completed('r1')]);
    expect(await latestReport(journal, FEBRUARY)).toMatchObject({ run: 'r1', completedAt: JANUARY });
    await note('r2', FEBRUARY, [started('r2')]);
    // A run that began earlier goes on beside it.
    await note('r1', FEBRUARY, [completed('r1')]);
    const report = await latestReport(journal, FEBRUARY);
    expect(report).toEqual({
      ...{ run: 'r2', by: 'ana', dryRun: false, retention, startedAt: FEBRUARY },
      ...{ items: [], stayed: [] },
    });
  });

  it('says what went and what stayed, and no more than the last hundred', async () => {
    const { journal, note } = world();
    const items = Array.from({ length: 120 }, (_, i) => ({ kind: 'job' as const, id: `j${i}`, why: 'over' }));
    const stayed = { kind: 'job' as const, id: 'j119', reason: 'it is busy', failed: true };
    await note('r', JANUARY, [
      started('r'),
      { type: 'cleanup.removing', data: { run: 'r', items } },
      { type: 'cleanup.stayed', data: { run: 'r', ...stayed } },
      completed('r'),
    ]);
    const report = await latestReport(journal, JANUARY);
    expect(report?.stayed).toEqual([stayed]);
    expect(report?.items.map(({ id }) => id)).toEqual(items.slice(20, 119).map(({ id }) => id));
    expect(report?.tally).toEqual({ counts: { job: 1 }, bytes: 10, failed: 0, complete: true });
  });
});
