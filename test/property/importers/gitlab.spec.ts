import fc from 'fast-check';
import { judge } from '../../../lib/core/dag/condition/evaluate';
import type { Graph } from '../../../lib/core/dag/graph';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { type DependencyResult, triggerHolds } from '../../../lib/core/dag/trigger-rule';
import { importGitlab } from '../../../lib/importers/gitlab/import';

type Status = 'success' | 'failed' | 'skipped';

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
    const before = jobs.flatMap((other, i) => {
      const counts = job.needs ? job.needs.includes(i) : other.stage < job.stage;
      if (!counts) return [];
      return [statuses[i] === 'failed' && other.allowFailure ? 'warning' : statuses[i]!];
    });
    const runs = {
      on_success: (job.needs ? ['success'] : ['success', 'skipped']).includes(composite(before, job)),
      on_failure: composite(before, job) === 'failed',
      always: true,
    }[job.when];
    statuses.push(runs ? (job.fails ? 'failed' : 'success') : 'skipped');
  }
  return statuses;
}

function composite(statuses: readonly string[], { needs }: GivenJob): string {
  if (statuses.length === 0) return 'success';
  if (needs && statuses.includes('skipped')) return 'skipped';
  if (statuses.every((status) => status === 'skipped')) return 'skipped';
  return statuses.includes('failed') ? 'failed' : 'success';
}

/** What the engine makes of the graph, by its own rules and conditions. */
async function here(graph: Graph, fails: (id: string) => boolean): Promise<Map<string, Status>> {
  const results: Record<string, { status: string }> = {};
  const counts = new Map<string, DependencyResult>();
  const left = [...graph.nodes];
  while (left.length > 0) {
    const at = left.findIndex(({ needs }) => needs.every((need) => counts.has(need)));
    const [node] = left.splice(at, 1);
    const { id, needs, trigger, when } = node!;
    const before = needs.map((need) => counts.get(need)!);
    if (!triggerHolds(trigger, before)) {
      results[id] = { status: 'skipped' };
      counts.set(id, before.includes('failure') ? 'failure' : 'skip');
      continue;
    }
    const upstream = Object.fromEntries([...upstreamOf(graph, id)].map((key) => [key, results[key]]));
    const judged = when === undefined ? { holds: true } : await judge({ when, input: { results: upstream } });
    if (!('holds' in judged)) throw new Error(JSON.stringify(judged));
    const status = judged.holds ? (fails(id) ? 'failed' : 'succeeded') : 'skipped';
    results[id] = { status };
    counts.set(id, status === 'succeeded' ? 'success' : status === 'skipped' ? 'skip' : 'failure');
  }
  return new Map(
    Object.entries(results).map(([id, { status }]) => [
      id,
      status === 'succeeded' ? 'success' : (status as Status),
    ]),
  );
}

function upstreamOf(graph: Graph, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const need of graph.nodes.find((node) => node.id === name)!.needs) {
      if (!found.has(need)) visit(need);
      found.add(need);
    }
  };
  visit(id);
  return found;
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
        const ran = await here(parseGraphDocument(graph), (id) => jobs[Number(id.slice(1))]!.fails);
        expect(jobs.map((_, i) => ran.get(`j${i}`))).toEqual(onGitlab(jobs));
      }),
      { numRuns: 300 },
    );
  });
});
