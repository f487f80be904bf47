import { join } from 'node:path';
import { anchorDirectory, readAnchors } from '../../../lib/adapters/embedded/disk/anchors';
import { createFileJournalStore } from '../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { EMPTY_HEAD, record } from '../../../lib/core/journal/envelope';
import { anchorAgainAndAgain } from '../../../lib/server/anchoring';
import { temporaryDir } from '../../support/e2e-files';

const cause = {
  at: 1,
  actor: { kind: 'user', id: 'ana' } as const,
  causeId: 'c',
  correlationId: 'x',
  traceId: 't',
};

describe('a daemon', () => {
  it('anchors its journals each hour, until it is closed', async () => {
    const layout = layoutOf(join(temporaryDir(), '.reprise'));
    const journal = createFileJournalStore(layout);
    const timers: { readonly run: () => void; readonly ms: number }[] = [];
    const warnings: string[] = [];
    let disarmed = 0;
    const close = anchorAgainAndAgain({
      ...{ layout, clock: () => Date.UTC(2026, 10, 29), warn: (message) => void warnings.push(message) },
      setTimer: (run, ms) => {
        timers.push({ run, ms });
        return () => void disarmed++;
      },
    });
    await journal.append('job/a', EMPTY_HEAD, record('job/a', EMPTY_HEAD, [{ type: 'x', data: {} }], cause));
    await journal.close();
    expect(timers.map(({ ms }) => ms)).toEqual([3_600_000]);
    timers[0]?.run();
    while (timers.length < 2) await new Promise(setImmediate);
    await close();
    expect([timers.length, disarmed, warnings]).toEqual([2, 1, []]);
    expect([...(await readAnchors(layout.anchors)).streams()]).toEqual(['job/a']);
    expect(await anchorDirectory(layout, Date.UTC(2026, 10, 29))).toBeUndefined();
  });
});
