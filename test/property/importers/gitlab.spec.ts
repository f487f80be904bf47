import fc from 'fast-check';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { importGitlab } from '../../../lib/importers/gitlab/import';
import { outcomes, type Status } from './outcomes';

interface GivenJob {
  readonly stage: number;
  readonly when: 'on_success' | 'always' | 'on_failure';
  readonly allowFailure: boolean;
  /** Indexes of what it needs; undefined where it waits for stages. */
  readonly needs: readonly number[] | undefined;
  /** What its command comes to, where it runs. */
  readonly fails: boolean;
}

const pipelines: fc.Arbitrary<GivenJob[]> = fc
  .array(
    fc.record({
      stage: fc.nat({ max: 3 }),
      when: fc.constantFrom('on_success', 'on_success', 'always', 'on_failure'),
      allowFailure: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
      picks: fc.option(fc.array(fc.nat(), { maxLength: 3 }), { nil: undefined, freq: 2 }),
      fails: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((jobs) =>
    [...jobs]
      .sort((a, b) => a.stage - b.stage)
      .map(({ picks, ...job }, i) => ({
        ...job,
        needs: i === 0 ? picks && [] : picks && [...new Set(picks.map((pick) => pick % i))],
      })),
  );

/** GitLab's own order: Ci::ProcessBuildService over Gitlab::Ci::Status::Composite. */
function onGitlab(jobs: readonly GivenJob[]): Status[] {
  const statuses: Status[] = [];
  for (const job of jobs) {
    const before = jobs.flatMap((other, i): Status[] => {
      const counts = job.needs ? job.needs.includes(i) : other.stage < job.stage;
      if (!counts) return [];
      return [statuses[i]!];
    });
    const runs = {
      on_success: (job.needs ? ['success'] : ['success', 'skipped']).includes(composite(before, job)),
      on_failure: composite(before, job) === 'failed',
      always: true,
    }[job.when];
    // A failure that is allowed is a success with a warning.
    const ended = job.fails && !job.allowFailure ? 'failed' : 'success';
    statuses.push(runs ? ended : 'skipped');
  }
  return statuses;
}

function composite(statuses: readonly string[], { needs }: GivenJob): string {
  if (statuses.length === 0) return 'success';
  if (needs && statuses.includes('skipped')) return 'skipped';
  if (statuses.every((status) => status === 'skipped')) return 'skipped';
  return statuses.includes('failed') ? 'failed' : 'success';
}

const NAMES = ['one', 'two', 'three', 'four'];

function fileOf(jobs: readonly GivenJob[]): string {
  const entries = jobs.map(({ stage, when, allowFailure, needs }, i) => [
    `j${i}`,
    {
      stage: NAMES[stage],
      when,
      allow_failure: allowFailure,
      script: 'true',
      ...(needs ? { needs: needs.map((need) => `j${need}`) } : {}),
    },
  ]);
  return JSON.stringify({ stages: NAMES, ...Object.fromEntries(entries) });
}

describe('any pipeline of GitLab', () => {
  it('runs the jobs that GitLab runs, whichever of them fail', async () => {
    await fc.assert(
      fc.asyncProperty(pipelines, async (jobs) => {
        const { graph } = importGitlab({ text: fileOf(jobs), source: 'given' }, { name: 'given' });
        const ran = await outcomes(parseGraphDocument(graph), (id) => jobs[Number(id.slice(1))]!.fails);
        expect(jobs.map((_, i) => ran.get(`j${i}`))).toEqual(onGitlab(jobs));
      }),
      { numRuns: 300 },
    );
  });
});
