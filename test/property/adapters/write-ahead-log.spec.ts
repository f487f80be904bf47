import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createFileJournalStore } from '../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { decodeFrames } from '../../../lib/adapters/embedded/disk/wal-frames';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { eventsAfter, headAfter } from '../../contract/journal-store.contract';
import { temporaryDir } from '../../support/e2e-files';
import {
  afterPowerLoss,
  foundIn,
  type Synced,
  segmentsOf,
  watchedFiles,
} from '../../support/write-ahead-log';

const STREAMS = ['job/a', 'job/b', 'job/c'] as const;

/** How many events each append has, and to which stream; those of one round are asked for at once. */
const rounds = fc.array(
  fc.array(fc.record({ stream: fc.constantFrom(...STREAMS), count: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 8 },
);

type Model = ReadonlyMap<string, readonly Recorded[]>;

interface Written {
  readonly layout: Layout;
  /** What was acknowledged when so much of the log was on the disk. */
  readonly acknowledged: readonly { readonly synced: Synced; readonly model: Model }[];
  readonly close: () => Promise<void>;
}

async function write(
  script: readonly (readonly { stream: string; count: number }[])[],
  segmentBytes?: number,
): Promise<Written> {
  const layout = layoutOf(temporaryDir());
  // It has files from the start; the others stand in the log only.
  mkdirSync(layout.job('a'), { recursive: true });
  let last: Synced = { segment: '', end: 0 };
  const files = watchedFiles((synced) => {
    last = synced;
  });
  const store = createFileJournalStore(layout, {
    log: { files, ...(segmentBytes === undefined ? {} : { segmentBytes }) },
  });
  const model = new Map<string, readonly Recorded[]>(STREAMS.map((stream) => [stream, []]));
  const acknowledged = [{ synced: last, model: new Map(model) }];
  for (const round of script) {
    const appends = round.map(({ stream, count }) => {
      const before = model.get(stream) ?? [];
      const events = eventsAfter(headAfter(before), count, stream);
      model.set(stream, [...before, ...events]);
      return store.append(stream, headAfter(before), events);
    });
    await Promise.all(appends);
    if (round.length > 2) await store.show('job/b');
    acknowledged.push({ synced: last, model: new Map(model) });
  }
  return { layout, acknowledged, close: () => store.close() };
}

/** Of each stream that the log has, how much of its own file is surely on the disk: what the log that is left does not have. */
function syncedBytes(layout: Layout): Map<string, number> {
  const least = new Map<string, number>();
  for (const name of segmentsOf(layout)) {
    const path = join(layout.wal, name);
    for (const entry of decodeFrames(readFileSync(path), path))
      if ('at' in entry) least.set(entry.stream, Math.min(entry.at, least.get(entry.stream) ?? entry.at));
  }
  return least;
}

const lengths = (model: Model) =>
  Object.fromEntries([...model].map(([stream, events]) => [stream, events.length]));

describe('after a loss of power, wherever it cut the log', () => {
  it('every stream is what was acknowledged until then, though none of its own files is left', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (script) => {
        const written = await write(script);
        const end = written.acknowledged.at(-1)?.synced.end ?? 0;
        const [segment = ''] = segmentsOf(written.layout);
        const whole = readFileSync(join(written.layout.wal, segment));
        // Rounds of appends to one stream need a frame each: only what ends a round is looked at.
        const ends = written.acknowledged.map(({ synced }) => synced.end);
        for (let cut = 0; cut <= end; cut += cut < 40 || end - cut < 40 ? 1 : 211) {
          writeFileSync(join(written.layout.wal, segment), whole.subarray(0, cut));
          const copy = afterPowerLoss(written.layout, () => undefined);
          const least = written.acknowledged.findLast((_, i) => (ends[i] ?? 0) <= cut)?.model as Model;
          const most = written.acknowledged.at(-1)?.model as Model;
          const found = await foundIn(copy, STREAMS);
          for (const stream of STREAMS) {
            const events = found.get(stream) ?? [];
            expect(events).toEqual(most.get(stream)?.slice(0, events.length));
            expect(events.length).toBeGreaterThanOrEqual(least.get(stream)?.length ?? 0);
          }
          if (ends.includes(cut)) expect(lengths(found)).toEqual(lengths(least));
        }
        writeFileSync(join(written.layout.wal, segment), whole);
        await written.close();
      }),
      { numRuns: 4 },
    );
  }, 120_000);

  it('nothing acknowledged is missing, whatever is left of the files of the streams and however many segments there were', async () => {
    await fc.assert(
      fc.asyncProperty(
        rounds,
        fc.constantFrom(undefined, 1_500, 4_000),
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 1, noNaN: true }),
            fc.constantFrom('cut', 'zeros', 'noise', 'whole'),
          ),
          {
            minLength: 12,
            maxLength: 12,
          },
        ),
        async (script, segmentBytes, fates) => {
          const written = await write(script, segmentBytes);
          const synced = syncedBytes(written.layout);
          let turn = 0;
          const copy = afterPowerLoss(written.layout, (path, content) => {
            const [share, fate] = fates[turn++ % fates.length] ?? [1, 'whole'];
            if (path.endsWith('head.json') || fate === 'whole') return content;
            const least = synced.get(`job/${path.split('/')[0]}`) ?? content.length;
            const kept = content.subarray(0, least + Math.floor((content.length - least) * share));
            if (fate === 'cut') return kept;
            const lost = content.length - kept.length;
            return Buffer.concat([kept, Buffer.alloc(lost, fate === 'zeros' ? 0 : 'x\n')]);
          });
          const found = await foundIn(copy, STREAMS);
          expect(found).toEqual(written.acknowledged.at(-1)?.model);
          expect(segmentsOf(copy)).toEqual([]);
          await written.close();
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
