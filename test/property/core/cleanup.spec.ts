import fc from 'fast-check';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { createAudit } from '../../../lib/core/cleanup/audit';
import type { CleanupEvent } from '../../../lib/core/cleanup/events';
import { cleanUp, dryRun } from '../../../lib/core/cleanup/perform';
import { planCleanup } from '../../../lib/core/cleanup/plan';
import { DAY_MS, type Retention } from '../../../lib/core/cleanup/retention';
import type { Recorded } from '../../../lib/core/journal/envelope';
import {
  LEFTOVER_KINDS,
  type Leftover,
  type Storekeeper,
  type Survey,
} from '../../../lib/core/ports/cleanup';

const NOW = 1_000 * DAY_MS;
const HASHES = ['g0', 'g1', 'g2', 'g3'];

const leftover = fc
  .record(
    {
      kind: fc.constantFrom(...LEFTOVER_KINDS),
      idleSince: fc.integer({ min: NOW - 90 * DAY_MS, max: NOW + DAY_MS }),
      bytes: fc.nat({ max: 5_000 }),
      inUse: fc.constant('somebody holds it'),
      graphs: fc.subarray(HASHES),
    },
    { requiredKeys: ['kind', 'idleSince'] },
  )
  .map((each) => each as Omit<Leftover, 'id'>);

/** Graphs under their hashes, each once. */
const survey: fc.Arbitrary<Survey> = fc
  .record({
    found: fc.array(leftover, { maxLength: 25 }),
    neededGraphs: fc.subarray(HASHES),
    isComplete: fc.boolean(),
  })
  .map(({ found, ...rest }) => {
    const graphs = HASHES.map((id): Leftover => ({ kind: 'graph', id, idleSince: NOW - 50 * DAY_MS }));
    const others = found
      .filter(({ kind }) => kind !== 'graph')
      .map((each, i): Leftover => ({ ...each, id: `${each.kind}${i}` }));
    return { leftovers: [...graphs, ...others], foreign: [], ...rest };
  });

const retention: fc.Arbitrary<Retention> = fc.record({
  jobDays: fc.integer({ min: 1, max: 60 }),
  auditDays: fc.integer({ min: 2, max: 60 }),
  keepJobs: fc.nat({ max: 4 }),
});

/** Keeps what it is given; some of it cannot be removed, or has come into use since it was looked at. */
function storeOf(survey: Survey, stubborn: (id: string) => 'fails' | 'inUse' | undefined = () => undefined) {
  const there = new Map(survey.leftovers.map((each) => [each.id, each]));
  const keeper: Storekeeper = {
    survey: async () => ({ ...survey, leftovers: [...there.values()] }),
    async remove({ id }) {
      const how = stubborn(id);
      if (how === 'fails') throw new Error('it is busy');
      if (how === 'inUse') return 'it is in use again';
      there.delete(id);
      return undefined;
    },
  };
  return { keeper, there };
}

function run({ keeper }: { keeper: Storekeeper }, kept: Retention, hasTime = () => true) {
  const journal = createMemoryJournalStore();
  const clock = () => NOW;
  const audit = createAudit({ journal, clock, actor: { kind: 'engine', id: 'test' }, run: 'r' });
  const order = { run: 'r', by: 'ana', retention: kept };
  const cleaned = cleanUp({ keeper, audit, clock, hasTime, log: { error: () => undefined } }, order);
  const events = () => [...journal.streams.values()].flat() as Recorded<CleanupEvent>[];
  return { cleaned, events };
}

describe('a plan of the cleanup', () => {
  it('removes nothing that is in use, and nothing younger than a day but what is gone already', () => {
    fc.assert(
      fc.property(survey, retention, (found, kept) => {
        for (const { leftover: each } of planCleanup(found, kept, NOW).removals) {
          expect(each.inUse).toBeUndefined();
          const isGone = each.kind === 'halfRemoved' || each.kind === 'clock';
          if (!isGone) expect(NOW - each.idleSince).toBeGreaterThanOrEqual(DAY_MS);
          if (each.kind === 'auditDay')
            expect(NOW - each.idleSince).toBeGreaterThanOrEqual((kept.auditDays ?? 0) * DAY_MS);
          if (each.kind === 'job') expect(NOW - each.idleSince).toBeGreaterThanOrEqual(kept.jobDays * DAY_MS);
        }
      }),
    );
  });

  it('removes no graph that anything needs which stays', () => {
    fc.assert(
      fc.property(survey, retention, (found, kept) => {
        const { removals } = planCleanup(found, kept, NOW);
        const going = new Set(removals.map(({ leftover: each }) => each));
        const needed = found.leftovers
          .filter((each) => !going.has(each))
          .flatMap(({ graphs = [] }) => graphs);
        const gone = removals.filter(({ leftover: { kind } }) => kind === 'graph');
        const hashes = gone.map(({ leftover: { id } }) => id);
        expect(hashes.filter((id) => [...needed, ...found.neededGraphs].includes(id))).toEqual([]);
        if (!found.isComplete) expect(hashes).toEqual([]);
      }),
    );
  });

  it('lets a graph go after all that may need it, which may stay after all', () => {
    fc.assert(
      fc.property(survey, retention, (found, kept) => {
        const kinds = planCleanup(found, kept, NOW).removals.map(({ leftover: { kind } }) => kind);
        const first = kinds.indexOf('graph');
        if (first >= 0) expect(new Set(kinds.slice(first))).toEqual(new Set(['graph']));
      }),
    );
  });

  it('keeps the jobs that ended last, however old they are', () => {
    fc.assert(
      fc.property(survey, retention, (found, kept) => {
        const ended = found.leftovers.filter(({ kind, inUse }) => kind === 'job' && inUse === undefined);
        const { removals } = planCleanup(found, kept, NOW);
        const goes = new Set(removals.map(({ leftover: { id } }) => id));
        const stay = ended.filter(({ id }) => !goes.has(id));
        expect(stay.length).toBeGreaterThanOrEqual(Math.min(kept.keepJobs, ended.length));
        const oldestThatStays = Math.min(...stay.map(({ idleSince }) => idleSince), Infinity);
        if (kept.keepJobs > 0)
          for (const each of ended)
            if (goes.has(each.id)) expect(each.idleSince).toBeLessThanOrEqual(oldestThatStays);
      }),
    );
  });

  it('says of everything either why it goes or why it stays', () => {
    fc.assert(
      fc.property(survey, retention, (found, kept) => {
        const { removals, kept: stays } = planCleanup(found, kept, NOW);
        const said = [...removals.map(({ leftover: { id } }) => id), ...stays.map(({ id }) => id)];
        expect(said.sort()).toEqual(found.leftovers.map(({ id }) => id).sort());
      }),
    );
  });
});

describe('a cleanup', () => {
  it('leaves nothing to do for the next one', async () => {
    await fc.assert(
      fc.asyncProperty(survey, retention, async (found, kept) => {
        const store = storeOf({ ...found, isComplete: true });
        await run(store, kept).cleaned;
        const left = [...store.there.keys()];
        const again = await run(store, kept).cleaned;
        expect(again.removed).toEqual([]);
        expect([...store.there.keys()]).toEqual(left);
      }),
    );
  });

  it('changes nothing where it is dry, and says what a real one then removes', async () => {
    await fc.assert(
      fc.asyncProperty(survey, retention, async (found, kept) => {
        const store = storeOf(found);
        const planned = await dryRun({ keeper: store.keeper, clock: () => NOW }, kept);
        expect([...store.there.values()]).toEqual(found.leftovers);
        const done = await run(store, kept).cleaned;
        expect(done.removed).toEqual(planned.removed);
        expect([done.counts, done.bytes]).toEqual([planned.counts, planned.bytes]);
      }),
    );
  });

  it('names in the journal all that goes before it goes, and afterwards what stays after all', async () => {
    await fc.assert(
      fc.asyncProperty(survey, retention, fc.nat({ max: 6 }), async (found, kept, nth) => {
        const stubborn = (id: string) => {
          const digit = Number(id.at(-1));
          return digit % 7 === nth ? 'fails' : digit % 7 === nth + 1 ? 'inUse' : undefined;
        };
        const store = storeOf(found, stubborn);
        const said: string[] = [];
        let events = (): Recorded<CleanupEvent>[] => [];
        const keeper: Storekeeper = {
          ...store.keeper,
          remove(each, archived) {
            said.push(...named(events()).filter((id) => id === each.id));
            return store.keeper.remove(each, archived);
          },
        };
        const started = run({ keeper }, kept);
        events = started.events;
        const { removed, stayed, failed } = await started.cleaned;
        const gone = found.leftovers.filter(({ id }) => !store.there.has(id)).map(({ id }) => id);
        expect(removed.map(({ id }) => id).sort()).toEqual(gone.sort());
        // Each was named when it was removed.
        expect(gone.every((id) => said.includes(id))).toBe(true);
        const after = new Set(named(events()));
        for (const { id } of stayed) after.delete(id);
        expect([...after].sort()).toEqual(gone.sort());
        expect(failed).toBe(stayed.filter((each) => each.failed).length);
        // What stays after all keeps its graphs.
        const needed = stayed.flatMap(({ id }) => store.there.get(id)?.graphs ?? []);
        expect(gone.filter((id) => needed.includes(id))).toEqual([]);
      }),
    );
  });

  it('that runs out of time says so, and the next ones come to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(survey, retention, async (found, kept) => {
        const whole = storeOf({ ...found, isComplete: true });
        await run(whole, kept).cleaned;
        const store = storeOf({ ...found, isComplete: true });
        for (let complete = false; !complete; ) {
          let turns = 1;
          ({ complete } = await run(store, kept, () => turns-- > 0).cleaned);
        }
        expect([...store.there.keys()].sort()).toEqual([...whole.there.keys()].sort());
      }),
    );
  });
});

const named = (events: readonly Recorded<CleanupEvent>[]): string[] =>
  events.flatMap((event) => (event.type === 'cleanup.removing' ? event.data.items.map(({ id }) => id) : []));
