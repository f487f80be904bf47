import fc from 'fast-check';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { importCircleci } from '../../../lib/importers/circleci/import';
import { outcomes, type Status } from './outcomes';

type Wanted = 'success' | 'failed' | 'not_run';

interface GivenJob {
  readonly kind: 'run' | 'approval' | 'filtered' | 'orb';
  /** What its command comes to, where it runs; whether somebody approves it. */
  readonly isGood: boolean;
  readonly requires: readonly { readonly index: number; readonly statuses: readonly Wanted[] }[];
}

const workflows: fc.Arbitrary<GivenJob[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom<GivenJob['kind'][]>('run', 'run', 'run', 'approval', 'filtered', 'orb'),
      isGood: fc.boolean(),
      picks: fc.array(
        fc.tuple(fc.nat(), fc.subarray<Wanted>(['success', 'failed', 'not_run'], { minLength: 1 })),
        {
          maxLength: 3,
        },
      ),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((jobs) =>
    jobs.map(({ picks, ...job }, i) => {
      const chosen = new Map(i === 0 ? [] : picks.map(([pick, statuses]) => [pick % i, statuses]));
      const requires = [...chosen].map(([index, statuses]) => ({
        index,
        // Only of jobs that run something does a workflow of ours ask for another end.
        statuses: jobs[index]!.kind === 'run' ? statuses : (['success'] as const),
      }));
      return { ...job, requires };
    }),
  );

type End = Status | 'out' | 'waits';

/** As CircleCI documents \`requires\`, filters and approvals; an orb's job counts as one that succeeds. */
function onCircleci(jobs: readonly GivenJob[]): End[] {
  const ends: End[] = [];
  for (const { kind, isGood, requires } of jobs) {
    const before = requires.filter(({ index }) => ends[index] !== 'out');
    const isOut = kind === 'filtered' || (requires.length > 0 && before.length === 0);
    const isWaiting = before.some(({ index }) => ends[index] === 'waits');
    const names = { success: 'success', failed: 'failed', skipped: 'not_run', waits: '', out: '' } as const;
    const isMet = before.every(({ index, statuses }) => (statuses as string[]).includes(names[ends[index]!]));
    ends.push(isOut ? 'out' : isWaiting ? 'waits' : !isMet ? 'skipped' : endOf(kind, isGood));
  }
  return ends;
}

function endOf(kind: GivenJob['kind'], isGood: boolean): End {
  if (kind === 'orb') return 'success';
  if (kind === 'approval') return isGood ? 'success' : 'waits';
  return isGood ? 'success' : 'failed';
}

function fileOf(jobs: readonly GivenJob[]): string {
  const listed = jobs.map(({ kind, requires }, i) => ({
    [kind === 'orb' ? 'o/x' : kind === 'approval' ? `j${i}` : 'work']: {
      name: `j${i}`,
      ...(kind === 'approval' ? { type: 'approval' } : {}),
      ...(kind === 'filtered' ? { filters: { branches: { only: 'other' } } } : {}),
      requires: requires.map(({ index, statuses }) => ({ [`j${index}`]: statuses })),
    },
  }));
  const work = { docker: [{ image: 'x' }], steps: [{ run: 'true' }] };
  return JSON.stringify({
    version: 2.1,
    orbs: { o: 'o/o@1' },
    jobs: { work },
    workflows: { w: { jobs: listed } },
  });
}

describe('any workflow of CircleCI', () => {
  it('runs the jobs that CircleCI runs, whichever of them fail and are approved', async () => {
    await fc.assert(
      fc.asyncProperty(workflows, async (jobs) => {
        const expected = onCircleci(jobs);
        const nodes = expected
          .map((end, i) => (jobs[i]!.kind === 'run' && end !== 'out' ? i : -1))
          .filter((i) => i >= 0);
        fc.pre(nodes.length > 0);
        const given = new Map([['pipeline.git.branch', 'main']]);
        const { graph } = importCircleci({ text: fileOf(jobs), source: 'given' }, { name: 'given', given });
        const approved = jobs.flatMap(({ kind, isGood }, i) =>
          kind === 'approval' && isGood ? [[`approve_j${i}`, 'true']] : [],
        );
        const ran = await outcomes(
          parseGraphDocument(graph),
          (id) => !jobs[Number(id.slice(1))]!.isGood,
          Object.fromEntries(approved),
        );
        expect([...ran.keys()].sort()).toEqual(nodes.map((i) => `j${i}`).sort());
        for (const i of nodes)
          expect([i, ran.get(`j${i}`)]).toEqual([i, expected[i] === 'waits' ? 'skipped' : expected[i]]);
      }),
      { numRuns: 300 },
    );
  });
});
