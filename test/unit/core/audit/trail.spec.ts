import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import type { CommandRecord } from '../../../../lib/core/audit/events';
import { createFloodGate } from '../../../../lib/core/audit/flood';
import { auditEntries, auditPage, cursorOf, placeOf } from '../../../../lib/core/audit/list';
import { auditStreams } from '../../../../lib/core/audit/streams';
import { createAuditTrail } from '../../../../lib/core/audit/trail';
import { RepriseError } from '../../../../lib/core/errors';
import { verifyChain } from '../../../../lib/core/journal/verify';

const NOON = Date.UTC(2026, 10, 29, 12);
const ids = { requestId: 'r1', traceId: 't1' };
const done: CommandRecord = {
  ...{
    principal: 'ana',
    source: '192.0.2.7',
    action: 'POST /jobs/{jobId}/cancel',
    scope: 'orchestration.jobs',
  },
  ...{ resource: 'job/j1', owner: 'ana', outcome: 'accepted', status: 202 },
};
const refused: CommandRecord = { ...done, outcome: 'refused', status: 403, code: 'FORBIDDEN', reason: 'no' };

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function setup({ shards = 1, shard = 0 } = {}) {
  const journal = createMemoryJournalStore();
  const lost: CommandRecord[] = [];
  const clock = { now: NOON };
  const make = (store: Pick<typeof journal, 'head' | 'append'> = journal, at = shard) =>
    createAuditTrail({
      ...{ journal: store, clock: () => clock.now, shards, shard: at },
      onLost: (record) => void lost.push(record),
    });
  const list = async () => {
    const filter = { from: NOON - 1e9, to: NOON + 1e9 };
    return allOf(auditEntries({ journal, shards }, filter));
  };
  return { journal, lost, clock, make, list };
}

describe('the audit trail', () => {
  it('chains a record of each command in the stream of its day', async () => {
    const { journal, make, clock } = setup();
    const trail = make();
    await Promise.all([trail.note(done, ids), trail.note(done, ids)]);
    clock.now += 24 * 3_600_000;
    await trail.note(refused, ids);
    expect([...journal.streams.keys()]).toEqual(['audit/2026-11-29', 'audit/2026-11-30']);
    const events = journal.streams.get('audit/2026-11-29') ?? [];
    expect(events[0]).toMatchObject({ seq: 1, at: NOON, actor: { id: 'ana' }, causeId: 'r1', data: done });
    expect(await verifyChain(events, 'audit/2026-11-29')).toEqual({ valid: true, events: 2 });
  });

  it('takes the correlation of the caller, else the trace', async () => {
    const { journal, make } = setup();
    await make().note({ ...done, correlationId: 'release-7' }, ids);
    await make().note(done, ids);
    const events = journal.streams.get('audit/2026-11-29') ?? [];
    expect(events.map(({ correlationId }) => correlationId)).toEqual(['release-7', 't1']);
  });

  it('writes on where another process has written meanwhile', async () => {
    const { journal, make, lost } = setup();
    await Promise.all([make(), make(), make()].map((trail) => trail.note(done, ids)));
    expect(journal.streams.get('audit/2026-11-29')).toHaveLength(3);
    expect(lost).toEqual([]);
  });

  it('writes together what comes while it writes, in order, each with its own call', async () => {
    const { journal, make } = setup();
    const sizes: number[] = [];
    const trail = make({
      ...journal,
      append(stream, head, events) {
        sizes.push(events.length);
        return journal.append(stream, head, events);
      },
    });
    const named = (i: number) => ({ requestId: `r${i}`, traceId: `t${i}` });
    const by = (i: number) => ({ ...done, principal: `user-${i}` });
    const notes = Array.from({ length: 150 }, (_, i) => trail.note(by(i), named(i)));
    await notes[0];
    expect(journal.streams.get('audit/2026-11-29')?.length).toBe(64);
    await Promise.all(notes);
    await trail.note(by(150), named(150));
    expect(sizes).toEqual([64, 64, 22, 1]);
    const events = journal.streams.get('audit/2026-11-29') ?? [];
    expect(events.map(({ actor, causeId, traceId }) => [actor.id, causeId, traceId])).toEqual(
      Array.from({ length: 151 }, (_, i) => [`user-${i}`, `r${i}`, `t${i}`]),
    );
    expect(await verifyChain(events, 'audit/2026-11-29')).toEqual({ valid: true, events: 151 });
  });

  it('says each of those that it could not write together, and goes on', async () => {
    const { make, lost, journal } = setup();
    let isDown = true;
    const append: typeof journal.append = (...given) =>
      isDown ? Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'busy')) : journal.append(...given);
    const trail = make({ ...journal, append });
    const by = (principal: string) => ({ ...done, principal });
    await Promise.all(['ana', 'ben', 'eve'].map((who) => trail.note(by(who), ids)));
    expect(lost.map(({ principal }) => principal)).toEqual(['ana', 'ben', 'eve']);
    isDown = false;
    await trail.note(by('joe'), ids);
    expect(journal.streams.get('audit/2026-11-29')?.map(({ actor }) => actor.id)).toEqual(['joe']);
  });

  it('never rejects, and says what it could not write', async () => {
    const { make, lost, journal } = setup();
    const append = () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'busy'));
    await make({ ...journal, append }).note(done, ids);
    expect(lost).toEqual([done]);
  });

  it('counts a flood of the same refusal, and writes some of it', async () => {
    const { make, list } = setup();
    const trail = make();
    for (let i = 0; i < 1_000; i++) await trail.note(refused, ids);
    const written = await list();
    expect(written.map(({ times = 1 }) => times)).toEqual([1, 1, 1, 1, 1, 5, 10, 20, 40, 80, 160, 320]);
  });

  it('counts a flood of all kinds of refusals', async () => {
    const { make, list, clock } = setup();
    const trail = make();
    for (let i = 0; i < 1_000; i++) await trail.note({ ...refused, source: `2001:db8::${i}` }, ids);
    clock.now += 60_000;
    await trail.note(refused, ids);
    const written = await list();
    expect(written.length).toBeLessThan(80);
    const all = written.reduce((sum, { times = 1, unwritten = 0 }) => sum + times + unwritten, 0);
    expect(all).toBe(1_001);
  });

  it('writes every command that was accepted', async () => {
    const { make, list } = setup();
    const trail = make();
    for (let i = 0; i < 200; i++) await trail.note(done, ids);
    expect(await list()).toHaveLength(200);
  });
});

describe('the flood gate', () => {
  it('begins anew with a window, and keeps what it has not said', () => {
    const gate = createFloodGate({ windowMs: 1_000, each: 1, all: 10 });
    const times = (at: number) => gate('k', at)?.times;
    expect([0, 1, 2, 3].map(times)).toEqual([1, 1, undefined, 2]);
    expect([4, 1_000].map(times)).toEqual([undefined, 2]);
  });
});

describe('a list of the trail', () => {
  const shards = 3;

  async function filled() {
    const { journal, make, clock } = setup({ shards });
    const trails = [0, 1, 2].map((shard) => make(journal, shard));
    for (let i = 0; i < 12; i++) {
      clock.now = NOON + i * 3_600_000;
      await trails[(i * 7) % 3]?.note(
        { ...done, resource: `job/j${i % 2}`, owner: i % 3 ? 'ana' : 'eve' },
        ids,
      );
    }
    return { journal, shards };
  }
  const wide = { from: NOON, to: NOON + 1e9 };

  it('has the records of all streams of its days by their time', async () => {
    const entries = await allOf(auditEntries(await filled(), wide));
    expect(entries.map(({ at }) => (at - NOON) / 3_600_000)).toEqual([...Array(12).keys()]);
  });

  it('is the same page by page', async () => {
    const source = await filled();
    const whole = await allOf(auditEntries(source, wide));
    const paged = [];
    let place: ReturnType<typeof placeOf>;
    do {
      const page = await auditPage(source, wide, { limit: 5, read: 4 }, place);
      expect(page.entries.length).toBeLessThanOrEqual(4);
      paged.push(...page.entries);
      place = page.next && placeOf(cursorOf(page.next));
    } while (place);
    expect(paged).toEqual(whole);
  });

  it('has what is asked for', async () => {
    const source = await filled();
    const hours = async (filter: object) =>
      (await auditPage(source, { ...wide, ...filter }, { limit: 100, read: 100 })).entries.map(
        ({ at }) => (at - NOON) / 3_600_000,
      );
    expect(await hours({ job: 'j1' })).toEqual([1, 3, 5, 7, 9, 11]);
    expect(await hours({ subject: 'eve' })).toEqual([0, 3, 6, 9]);
    expect(await hours({ from: NOON + 9 * 3_600_000, to: NOON + 11 * 3_600_000 })).toEqual([9, 10]);
    expect(await hours({ action: 'CANCEL', outcome: 'accepted', principal: 'ana' })).toHaveLength(12);
    expect(await hours({ outcome: 'refused' })).toEqual([]);
  });

  it('takes no cursor that is none', () => {
    expect(['', '2026-11-29.0', '2026-11-99', 'x', `2026-11-29${'.1'.repeat(65)}`].map(placeOf)).toEqual(
      Array(5).fill(undefined),
    );
    expect(auditStreams('2026-11-29', 2)).toEqual(['audit/2026-11-29-0', 'audit/2026-11-29-1']);
  });
});
