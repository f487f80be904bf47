import { outdatedSnapshots } from '../../../../lib/core/engine/outdated-snapshots';
import { JOB_FOLD } from '../../../../lib/core/job/snapshot';
import { POOL_FOLD } from '../../../../lib/core/scheduler/snapshot';

async function* these(...all: readonly (readonly [string, string | undefined])[]) {
  for (const [stream, fold] of all) yield { stream, fold };
}

describe('snapshots that another fold wrote', () => {
  it('are counted by what wrote them, with some of their streams', async () => {
    const old = Array.from({ length: 12 }, (_, i) => [`job/j${i}`, 'job/1'] as const);
    const kept = these(...old, ['job/new', JOB_FOLD], ['pool/default', undefined], ['audit/2026-11-29', 'x']);
    expect(await outdatedSnapshots(kept)).toEqual({
      kept: 15,
      outdated: [
        {
          ...{ fold: 'job/1', becomes: JOB_FOLD, count: 12 },
          examples: old.slice(0, 10).map(([stream]) => stream),
        },
        { fold: 'unknown', becomes: POOL_FOLD, count: 1, examples: ['pool/default'] },
      ],
    });
  });
});
