import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createMemoryQuotas } from '../../../../lib/adapters/memory/quotas';
import { DEFAULT_QUOTAS, type OwnerQuotas } from '../../../../lib/core/access/quotas';
import { createEngine } from '../../../../lib/core/engine/engine';
import { firingLimits } from '../../../../lib/core/engine/firing-limits';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { triggerAt } from '../../../../lib/core/messages/address';
import type { Effect } from '../../../../lib/core/messages/effect';
import { busEventOf, type NamedEvent } from '../../../../lib/core/messages/public-event';
import { NO_LIMITS } from '../../../../lib/core/ports/quotas';
import { type EventPattern, matches } from '../../../../lib/core/trigger/pattern/pattern';
import { definition } from '../../../support/trigger-driver';

const actor = { kind: 'user', id: 'x' } as const;
/** Ends a run that nothing bounds. */
const ENOUGH = 3_000;

/** Triggers of several owners on one bus; every job of theirs ends at once, which the bus says. */
function world(limits: Partial<OwnerQuotas> | 'none' = {}) {
  const journal = createMemoryJournalStore();
  const patterns = new Map<string, EventPattern>();
  const bus: NamedEvent[] = [];
  const jobs: { owner: string; trigger: string; root: string | undefined }[] = [];
  let now = 0;
  const perform = async (effects: readonly Effect[]) => {
    for (const effect of effects) {
      if (effect.kind === 'armTrigger' && effect.source?.kind === 'event')
        patterns.set(effect.triggerId, effect.source.pattern);
      if (effect.kind !== 'submitJob') continue;
      const { jobId, submission } = effect;
      const { owner, trigger } = submission;
      jobs.push({ owner, trigger: trigger?.name ?? '', root: trigger?.root });
      ended(jobId, owner, { trigger });
    }
  };
  function ended(jobId: string, owner: string, detail: object = {}) {
    const type = 'orchestration.execution.completed';
    bus.push(busEventOf({ id: `job/${jobId}/9`, type, at: now, owner, detail: { jobId, owner, ...detail } }));
  }
  const random = () => 0.5;
  const quotas = { ...DEFAULT_QUOTAS, ...(limits === 'none' ? {} : limits) };
  const kinds = createKinds({
    ...{ journal, random, conditions: memoryConditions, graphs: { get: () => Promise.reject(new Error()) } },
    limits: limits === 'none' ? NO_LIMITS : firingLimits(createMemoryQuotas(), quotas),
  });
  const engine = createEngine({ journal, clock: () => now, random, perform }, kinds);

  return {
    ...{ jobs, ended },
    pass: (ms: number) => {
      now += ms;
    },
    async set(owner: string, id: string, pattern: EventPattern = { source: ['reprise'] }) {
      const given = { ...definition({ source: { kind: 'event', pattern }, overlap: 'allow' }), name: id };
      const message = { type: 'set' as const, owner, definition: given };
      await engine.handle(triggerAt(id), [{ id: 'set', actor, message }]);
    },
    /** Delivers what is on the bus until nothing is, a second apart so that no trigger is too fast. */
    async settle() {
      for (let event = bus.shift(); event && jobs.length < ENOUGH; event = bus.shift()) {
        now += 1_000;
        for (const [id, pattern] of patterns) {
          if (!matches(pattern, event)) continue;
          await engine.handle(triggerAt(id), [{ id: event.id, actor, message: { type: 'event', event } }]);
        }
      }
    },
    skipped: () =>
      [...journal.streams.values()].flat().flatMap((event) => {
        return event.type === 'trigger.skipped' ? [(event.data as { why: string }).why] : [];
      }),
  };
}

describe('triggers that feed each other', () => {
  it('would start thousands of jobs from one', async () => {
    const free = world('none');
    for (const id of ['a', 'b', 'c']) await free.set('ana', id);
    free.ended('first', 'ana');
    await free.settle();
    expect(free.jobs.length).toBeGreaterThanOrEqual(ENOUGH);
  });

  it('start as many as one cause may, and the journal says what stopped them', async () => {
    const { jobs, set, ended, settle, skipped } = world();
    for (const id of ['a', 'b', 'c']) await set('ana', id);
    ended('first', 'ana');
    await settle();
    expect(jobs).toHaveLength(DEFAULT_QUOTAS.jobsOfOneCause);
    expect(new Set(jobs.map(({ root }) => root))).toEqual(new Set(['first']));
    // Each of the jobs ended once and was heard by two others: what is said is bounded too.
    expect(skipped().filter((why) => why === 'root').length).toBeLessThanOrEqual(2 * jobs.length + 3);
    expect(skipped()).toContain('root');
  });

  it('have another cause with another job', async () => {
    const { jobs, set, ended, settle } = world({ jobsOfOneCause: 5 });
    for (const id of ['a', 'b']) await set('ana', id);
    for (const first of ['first', 'second']) ended(first, 'ana');
    await settle();
    expect(jobs).toHaveLength(10);
  });

  it('do not hear of other owners, nor take of what those may start', async () => {
    const { jobs, set, ended, settle } = world({ jobsOfOneCause: 3 });
    for (const id of ['a', 'b']) await set('ana', id);
    await set('bob', 'c');
    ended('first', 'ana');
    await settle();
    expect(jobs.map(({ owner }) => owner)).toEqual(['ana', 'ana', 'ana']);
    ended('of-bob', 'bob');
    await settle();
    expect(jobs.filter(({ owner }) => owner === 'bob')).toEqual([
      { owner: 'bob', trigger: 'c', root: 'of-bob' },
    ]);
  });
});

describe('all triggers of an owner', () => {
  it('start so many jobs in a minute, and more in the next; another owner’s start as many', async () => {
    const { jobs, set, ended, settle, skipped, pass } = world({ firingsPerMinute: 3 });
    await set('ana', 'a');
    await set('bob', 'b');
    for (let i = 0; i < 5; i++) ended(`ana-${i}`, 'ana');
    for (let i = 0; i < 5; i++) ended(`bob-${i}`, 'bob');
    await settle();
    const started = (owner: string) => jobs.filter((job) => job.owner === owner).length;
    expect([started('ana'), started('bob')]).toEqual([3, 3]);
    expect(skipped().filter((why) => why === 'ownerRate')).toHaveLength(4);
    pass(60_000);
    ended('later', 'ana');
    await settle();
    expect(started('ana')).toBe(4);
  });
});
