import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import type { Graph } from '../../../lib/core/dag/graph';
import { indexGraph } from '../../../lib/core/dag/graph-index';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { judgeDue } from '../../../lib/core/job/conditions';
import { jobDecider } from '../../../lib/core/job/decider';
import type { JobInput } from '../../../lib/core/job/input';
import { jobNodes, nodeById } from '../../../lib/core/job/nodes';
import { unsettled } from '../../../lib/core/job/settle';
import { outcomeOf } from '../../../lib/core/job/state';
import { importGithubActions } from '../../../lib/importers/github/import';
import type { ImportedGraph } from '../../../lib/importers/imported';
import type { CaseJob, GithubCase, JobResult } from './verdict';

/** The workflow of a case as a file. */
export function workflowOf({ jobs }: GithubCase): string {
  return JSON.stringify({
    on: { workflow_dispatch: { inputs: { flag: { type: 'boolean' } } } },
    jobs: Object.fromEntries(jobs.map((job) => [job.key, jobOf(job)])),
  });
}

function jobOf({ needs, if: condition, isVirtual, continueOnError, ends }: CaseJob): object {
  const shared = { needs, ...(condition === undefined ? {} : { if: condition }) };
  if (isVirtual) return { ...shared, uses: './.github/workflows/other.yml' };
  const legs = ends.map((_, i) => i + 1);
  return {
    ...shared,
    ...(continueOnError ? { 'continue-on-error': true } : {}),
    ...(legs.length === 1 ? {} : { strategy: { 'fail-fast': false, matrix: { leg: legs } } }),
    outputs: { o: '${{ steps.s.outputs.o }}' },
    steps: [{ id: 's', run: 'true' }],
  };
}

/** What becomes of each job where the imported graph runs in the core, its legs ending in the order of the file. */
export async function importedOutcomes(given: GithubCase): Promise<{
  readonly outcomes: Record<string, JobResult>;
  readonly imported: ImportedGraph;
  readonly status: string;
}> {
  const imported = importGithubActions({ text: workflowOf(given), source: 'case' }, { name: 'case' });
  const parsed = parseGraphDocument(imported.graph);
  const nodes = parsed.nodes.map((node) => ({ ...node, retry: { ...node.retry, maxAttempts: 1 } }));
  const run = new CoreRun({ ...parsed, nodes }, given);
  await run.toItsEnd();
  return { outcomes: run.outcomes(), imported, status: run.state.status };
}

class CoreRun {
  private readonly index;
  private readonly decider;
  readonly state;

  constructor(
    private readonly graph: Graph,
    private readonly given: GithubCase,
  ) {
    this.index = indexGraph(graph, 'hash');
    this.decider = jobDecider(this.index);
    this.state = this.decider.initial();
  }

  async toItsEnd(): Promise<void> {
    const { github, vars, inputs } = this.given.contexts;
    const parameters = {
      ...{ github_ref: github.ref, github_event_name: github.event_name },
      ...{ vars_a: vars.A, inputs_flag: String(inputs.flag) },
    };
    await this.send({
      type: 'submit',
      graphHash: 'hash',
      owner: 'o',
      priority: 'normal',
      pool: 'p',
      parameters,
    });
    await this.send({ type: 'admit' });
    for (const { id } of this.graph.nodes) await this.send({ type: 'nodeEntered', nodeId: id });
    for (let legs = 0; ; legs++) {
      if (legs === this.given.cancelAfter) await this.cancel();
      const next = this.runs()[0];
      if (!next) return;
      await this.end(next);
    }
  }

  /** What was to be cancelled stops at once. */
  private async cancel(): Promise<void> {
    await this.send({ type: 'cancel', reason: 'enough' });
    for (const id of this.runs()) {
      const { node } = nodeById(this.index, this.state, id)!;
      if (!node.cancelRequested) continue;
      const failure = { kind: 'cancelled', message: 'cancelled' } as const;
      await this.send({ type: 'attemptFailed', nodeId: id, attempt: node.attempt, durationMs: 1, failure });
    }
  }

  /** Nodes that could end now, in the order of the jobs in the file. */
  private runs(): string[] {
    const open = jobNodes(this.index, this.state).filter(
      ({ node }) => node.phase === 'ready' || node.phase === 'running',
    );
    return this.given.jobs.flatMap(({ key }) =>
      open.filter(({ id }) => jobOfNode(id) === key).map(({ id }) => id),
    );
  }

  private async end(id: string): Promise<void> {
    const { node } = nodeById(this.index, this.state, id)!;
    const { ends, output } = this.given.jobs.find(({ key }) => key === jobOfNode(id))!;
    const leg = ends.length === 1 ? 0 : Number(id.split('-')[1]) - 1;
    const attempt = { nodeId: id, attempt: node.attempt, durationMs: 1 };
    await this.send({ type: 'attemptStarted', nodeId: id, attempt: node.attempt, workerId: 'w' });
    if (ends[leg] === 'success') {
      await this.send({ type: 'attemptSucceeded', ...attempt, outputs: { o: output } });
      return;
    }
    const failure = { kind: 'exit', message: 'failed' } as const;
    await this.send({ type: 'attemptFailed', ...attempt, failure });
  }

  private async send(message: Message): Promise<void> {
    this.fold({ ...message, at: 1, random: 0.5 } as JobInput);
    while (unsettled(this.state)) {
      const conditions = await judgeDue(this.index, this.state, memoryConditions);
      if (this.fold({ type: 'settle', conditions, at: 1, random: 0.5 }) === 0) return;
    }
  }

  private fold(input: JobInput): number {
    const events = this.decider.decide(this.state, input);
    for (const event of events) this.decider.evolve(this.state, event, 1);
    return events.length;
  }

  outcomes(): Record<string, JobResult> {
    const found: Record<string, JobResult> = {};
    for (const job of this.given.jobs) {
      if (job.isVirtual) continue;
      const legs = jobNodes(this.index, this.state).filter(({ id }) => jobOfNode(id) === job.key);
      const ends = legs.map(({ node }) => outcomeOf(node));
      if (ends.includes('failed') && !job.continueOnError) found[job.key] = 'failure';
      else if (ends.includes('cancelled')) found[job.key] = 'cancelled';
      else found[job.key] = ends.includes('skipped') ? 'skipped' : 'success';
    }
    return found;
  }
}

type Untimed<M> = M extends JobInput ? Omit<M, 'at' | 'random'> : never;
type Message = Untimed<Exclude<JobInput, { type: 'settle' }>>;

function jobOfNode(id: string): string {
  return id.split('-')[0]!;
}
