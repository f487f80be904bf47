import type { Graph } from '../../lib/core/dag/graph';
import { jobNodes } from '../../lib/core/job/nodes';
import { outcomeOf } from '../../lib/core/job/state';
import type { JobMessage } from '../../lib/core/messages/job';
import { isOver } from '../../lib/core/model/outcome';
import { present } from '../../lib/core/model/present';
import type { Workflow } from '../../lib/core/ports/effects';
import { graph, JobDriver, node } from '../support/job-driver';

export interface WorkflowSetup {
  readonly workflow: Workflow;
  /** Makes the job and its graph known. @returns the hash of the graph. */
  readonly submit: (jobId: string, job: JobDriver) => Promise<string>;
  /** All that jobs were told by their workflows, in order. */
  readonly told: () => Promise<readonly Told[]>;
  /** Fails after a while, naming what it waited for. */
  readonly until: (condition: () => Promise<boolean>, what: string) => Promise<unknown>;
}

export interface Told {
  readonly jobId: string;
  readonly message: JobMessage;
}

/** Neither a series nor a parallel: `d` needs two that nothing else connects. */
const IRREGULAR = graph([
  node('a'),
  node('b'),
  node('c', { needs: ['a'] }),
  node('d', { needs: ['a', 'b'] }),
  node('e', { needs: ['b', 'c'] }),
  node('f', { needs: ['d', 'e'] }),
]);
const CHAIN = graph([node('a'), node('b', { needs: ['a'] }), node('c', { needs: ['b'] })]);
const WIDE = graph(Array.from({ length: 12 }, (_, i) => node(`n${i}`)));

/** What every workflow keeps to. The job is played by its decider, which hears messages again without harm. */
export function describeWorkflow(name: string, setup: () => Promise<WorkflowSetup>): void {
  describe(`workflow: ${name}`, () => {
    let world: WorkflowSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const toldTo = async (jobId: string) =>
      (await world.told()).flatMap((told) => (told.jobId === jobId ? [told.message] : []));
    const enteredIn = ({ driver: { index, state } }: Job) =>
      jobNodes(index, state).flatMap(({ id, node: { entered } }) => (entered ? [id] : []));
    /** What a workflow says once of each node, or of all of them. */
    const entries = async (jobId: string) =>
      new Set(
        (await toldTo(jobId))
          .filter(({ type }) => type === 'nodeEntered' || type === 'allEntered')
          .map((message) => JSON.stringify(message)),
      );

    interface Job {
      readonly jobId: string;
      readonly driver: JobDriver;
      readonly hash: string;
      heard: number;
      readonly answered: Set<string>;
    }

    async function submitted(jobId: string, of: Graph): Promise<Job> {
      const driver = new JobDriver(of).submit();
      return { jobId, driver, hash: await world.submit(jobId, driver), heard: 0, answered: new Set() };
    }

    async function started(jobId: string, of: Graph): Promise<Job> {
      const job = await submitted(jobId, of);
      await world.workflow.start(jobId, job.hash, 1);
      return job;
    }

    /** The job hears what it is told, and answers for its nodes and for itself as far as their fates are final. */
    async function converse(job: Job): Promise<void> {
      const { driver, jobId, answered } = job;
      const messages = await toldTo(jobId);
      for (const message of messages.slice(job.heard)) driver.send(message);
      job.heard = messages.length;
      for (const { id: nodeId, node } of jobNodes(driver.index, driver.state)) {
        if (node.phase !== 'final' || !node.entered) continue;
        const { outcome, reason, token } = node;
        const key = `${nodeId} ${driver.state.run} ${token}`;
        if (answered.has(key)) continue;
        answered.add(key);
        await world.workflow.answerNode(jobId, { nodeId, outcome, ...present({ reason, token }) });
      }
      const { outcomeToken, status } = driver.state;
      if (outcomeToken === undefined || !isOver(status) || answered.has(outcomeToken)) return;
      answered.add(outcomeToken);
      await world.workflow.answerOutcome(jobId, outcomeToken, status);
    }

    const isReady = ({ driver }: Job, nodeId: string) => driver.ready().includes(nodeId);

    async function ready(job: Job, nodeId: string): Promise<void> {
      const isIn = async () => (await converse(job)) === undefined && isReady(job, nodeId);
      await world.until(isIn, `node ${nodeId} of ${job.jobId} to be ready`);
    }

    /** Runs whatever is ready until the job is over. */
    async function toEnd(job: Job, failing: readonly string[] = []): Promise<void> {
      const { driver } = job;
      const isDone = async () => {
        await converse(job);
        for (const nodeId of driver.ready()) {
          driver.start(nodeId);
          if (failing.includes(nodeId)) driver.fail(nodeId);
          else driver.succeed(nodeId);
        }
        await converse(job);
        return isOver(driver.state.status);
      };
      await world.until(isDone, `the end of ${job.jobId}`);
    }

    it.each([
      ['neither series nor parallel', IRREGULAR],
      ['a chain', CHAIN],
      ['a row', WIDE],
    ])('brings a job to its end whose graph is %s, with every node entered', async (_, of) => {
      const job = await started('j', of);
      await toEnd(job);
      expect(job.driver.state.status).toBe('succeeded');
      expect(enteredIn(job)).toEqual(of.nodes.map(({ id }) => id));
    });

    it('goes on behind nodes that fail and nodes that are left out', async () => {
      const job = await started('j', IRREGULAR);
      await toEnd(job, ['b']);
      const expected = { a: 'succeeded', b: 'failed', c: 'succeeded', d: 'skipped', e: 'skipped' };
      expect(job.driver.outcomes()).toEqual({ ...expected, f: 'skipped' });
      expect(enteredIn(job)).toHaveLength(6);
    });

    it('enters at the start what nothing stands before', async () => {
      const job = await started('j', WIDE);
      for (const { id } of WIDE.nodes) await ready(job, id);
    });

    it('is started once, however often and whenever that is asked for', async () => {
      const job = await submitted('j', CHAIN);
      const start = () => world.workflow.start('j', job.hash, 1);
      await Promise.all([start(), start(), start()]);
      await ready(job, 'a');
      await start();
      job.driver.start('a');
      job.driver.succeed('a');
      await ready(job, 'b');
      await start();
      await toEnd(job);
      await start();
      expect([1, 3]).toContain((await entries('j')).size);
    });

    it('goes on once from a node, however often that is answered', async () => {
      const job = await started('j', CHAIN);
      await ready(job, 'a');
      const { token } = job.driver.node('a');
      job.driver.start('a');
      job.driver.succeed('a');
      const answer = { nodeId: 'a', outcome: 'succeeded', ...present({ token }) } as const;
      await Promise.all([1, 2, 3].map(() => world.workflow.answerNode('j', answer)));
      await ready(job, 'b');
      await world.workflow.answerNode('j', answer);
      await toEnd(job);
      await world.workflow.answerNode('j', answer);
      expect([1, 3]).toContain((await entries('j')).size);
    });

    it('takes an answer that nobody waits for', async () => {
      const job = await started('j', CHAIN);
      await ready(job, 'a');
      await world.workflow.answerNode('nobody', { nodeId: 'a', outcome: 'succeeded', token: 'made up' });
      await world.workflow.answerNode('j', { nodeId: 'c', outcome: 'failed', token: 'made up' });
      await world.workflow.answerNode('j', { nodeId: 'c', outcome: 'cancelled' });
      await world.workflow.answerOutcome('j', 'made up', 'failed');
      await toEnd(job);
      expect(job.driver.state.status).toBe('succeeded');
    });

    it('takes the outcome of a job again', async () => {
      const job = await started('j', CHAIN);
      await toEnd(job);
      const hasAsked = async () => (await converse(job)) === undefined && job.answered.size >= 3;
      await world.until(hasAsked, 'the last answer');
      const token = job.driver.state.outcomeToken ?? 'made up';
      await world.workflow.answerOutcome('j', token, 'succeeded');
      await world.workflow.answerOutcome('j', token, 'succeeded');
    });

    it('keeps the jobs of a graph apart', async () => {
      const one = await started('one', CHAIN);
      const other = await started('other', CHAIN);
      await ready(other, 'a');
      await toEnd(one, ['a']);
      expect(one.driver.outcomes()).toEqual({ a: 'failed', b: 'skipped', c: 'skipped' });
      expect(isReady(other, 'a')).toBe(true);
      await toEnd(other);
      expect(other.driver.state.status).toBe('succeeded');
    });

    it('that is stopped enters nothing more, whatever it is told after that', async () => {
      const job = await started('j', CHAIN);
      await ready(job, 'a');
      await world.workflow.stop('j', 'enough', 1);
      const before = await toldTo('j');
      job.driver.start('a');
      job.driver.succeed('a');
      await converse(job);
      await world.workflow.start('j', job.hash, 1);
      await world.workflow.stop('j', 'enough', 1);
      await ready(await started('later', CHAIN), 'a');
      expect(await toldTo('j')).toEqual(before);
    });

    it('that is stopped before it was started is not started any more', async () => {
      const job = await submitted('j', CHAIN);
      await world.workflow.stop('j', 'enough', 1);
      await world.workflow.start('j', job.hash, 1);
      await ready(await started('later', CHAIN), 'a');
      expect(await toldTo('j')).toEqual([]);
    });

    it('does another run of a job, which goes on behind what is final and reaches what is not', async () => {
      const job = await started('j', IRREGULAR);
      await toEnd(job, ['a']);
      job.driver.send({ type: 'resume', reason: 'mended' });
      await world.workflow.start('j', job.hash, 2);
      await world.workflow.start('j', job.hash, 1);
      await toEnd(job);
      expect(job.driver.state).toMatchObject({ status: 'succeeded', run: 2 });
      expect(job.driver.node('b').attempt).toBe(1);
      expect(job.driver.node('a').attempt).toBe(2);
    });

    it('stops a run of a job, and not the one that comes after it', async () => {
      const job = await started('j', CHAIN);
      await ready(job, 'a');
      await world.workflow.stop('j', 'enough', 1);
      await world.workflow.start('j', job.hash, 2);
      await world.workflow.stop('j', 'enough', 1);
      await toEnd(job);
      expect(job.driver.state.status).toBe('succeeded');
    });

    it('stops one job and no other', async () => {
      const stopped = await started('stopped', CHAIN);
      const job = await started('j', CHAIN);
      await ready(stopped, 'a');
      await ready(job, 'a');
      await world.workflow.stop('stopped', 'enough', 1);
      await toEnd(job);
      expect(outcomeOf(job.driver.node('c'))).toBe('succeeded');
    });
  });
}
