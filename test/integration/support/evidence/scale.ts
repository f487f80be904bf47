import { createEngineClient } from '../../../../lib/adapters/http/engine-client';
import { graphSummary, graphView } from '../../../../lib/contract/graphs';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { machineName, machinePrefix } from '../../../../lib/core/dag/emit/machine-names';
import { localClients } from '../../../../lib/localcloud/clients';
import { queueDepths } from '../../../../lib/localcloud/queues';
import { seededRandom, sparseDag } from '../../../support/graphs';
import { startAgents } from '../agents';
import { eventually, isOver, waitForJob, waitForLargeJob } from '../api';
import { executionOfJob, executionsOf, machineNames, tasksOf } from '../executions';
import type { LocalEnvironment } from '../local-environment';
import { eventsOf, timeline, violations } from '../timeline';

/** As many as still end in time where two slow cores run the emulator and other suites; `bench/local.ts` has 1,000. */
const NODES = 400;
/** A bound for a job that hangs. It takes less than half a minute, and several times that where others use the cores. */
const PATIENCE_MS = 420_000;

/** Neither a series nor a parallel: every third node needs two that nothing else connects. */
const IRREGULAR = [
  ['a', []],
  ['b', []],
  ['c', ['a']],
  ['d', ['a', 'b']],
  ['e', ['b']],
  ['f', ['c', 'd']],
  ['g', ['d', 'e']],
  ['h', ['c', 'g']],
  ['i', ['f', 'h']],
] as const;
const documentOf = (name: string, nodes: readonly (readonly [string, readonly string[]])[]) => ({
  name,
  nodes: nodes.map(([id, needs]) => ({ id, run: ':', needs, duration: '1s' })),
});

/** A registered graph, and a large one, on machines of their own. */
export function ofScale(of: () => LocalEnvironment): void {
  describe('graphs on machines of their own', () => {
    let local: LocalEnvironment;
    let stopAgents: () => Promise<void>;
    beforeAll(async () => {
      local = of();
      stopAgents = await startAgents(local, 2, 32);
    }, 60_000);
    afterAll(() => stopAgents?.());

    /** For a job that hangs: what its execution and the queues say. */
    async function whereItStands(jobId: string): Promise<string> {
      const execution = await executionOfJob(local, jobId);
      const depths = await queueDepths(localClients(local.deployment.endpoint).sqs);
      const held = depths.filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
      return JSON.stringify({ execution, held });
    }

    describe('a registered graph', () => {
      const graph = documentOf('irregular', IRREGULAR);
      const rootOf = (hash: string) => machineName(machinePrefix('local'), hash);

      it('has its machine at once, and the same one when it is registered again', async () => {
        const first = await local.user.post('/graphs', { execution_graph: graph });
        expect(first.status).toBe(201);
        const { hash, ...registered } = graphSummary.parse(first.body);
        expect(registered).toMatchObject({ name: 'irregular', nodes: 9, status: 'ready' });
        expect(registered.residual_edges).toBeGreaterThan(0);
        expect(registered.state_machine_arn).toMatch(new RegExp(`:stateMachine:${rootOf(hash)}$`));
        const again = await local.user.post('/graphs', { execution_graph: graph });
        expect([again.status, again.body]).toEqual([200, first.body]);
        expect((await machineNames(local)).filter((name) => name.startsWith(rootOf(hash)))).toHaveLength(1);

        const shown = await local.user.get(`/graphs/${hash}?machine=root`);
        const view = graphView.parse(shown.body);
        expect(view.machines).toEqual([{ name: 'root', bytes: expect.any(Number) }]);
        expect(Object.keys(view.residual ?? {})).not.toHaveLength(0);
        expect(view.definition).toHaveProperty('StartAt');
      });

      it('runs on it, named by its hash alone, with one task for each node', async () => {
        const token = await local.tokenFor('tester', SCOPES.jobs);
        const client = createEngineClient({ api: local.deployment.apiUrl, token });
        const { hash } = await client.registerGraph(graph);
        const { job_id: jobId } = await client.submitJob({ graph_hash: hash });
        expect(await waitForJob(local.user, jobId, isOver)).toMatchObject({ status: 'succeeded' });
        const execution = await eventually(async () => {
          const found = await executionOfJob(local, jobId);
          return found?.status === 'SUCCEEDED' ? found : undefined;
        });
        expect(execution.machine).toBe(rootOf(hash));
        expect(await client.getGraph(hash, 'root')).toMatchObject({ status: 'ready', definition: {} });
        // And one that waits for how the job ends.
        expect(await tasksOf(local, [execution])).toBe(IRREGULAR.length + 1);
        const runs = timeline(await eventsOf(local.user, jobId));
        expect(violations(graph.nodes, runs)).toEqual([]);
      });

      it('that was only submitted runs on the graph runner in one task, and gets its machine when it comes again', async () => {
        const seen = documentOf('first-seen', IRREGULAR.slice(0, 5));
        const { body } = await local.user.post('/jobs', { execution_graph: seen });
        await waitForJob(local.user, body.job_id, isOver);
        const first = await executionOfJob(local, body.job_id);
        expect(first?.machine).toBe('reprise-local-graph-runner');
        expect(await tasksOf(local, first ? [first] : [])).toBe(1);
        expect(await machineNames(local)).not.toContain(rootOf(body.graph_hash));
        const again = await local.user.post('/jobs', { execution_graph: seen });
        await waitForJob(local.user, again.body.job_id, isOver);
        await eventually(async () => {
          const answer = await local.user.get(`/graphs/${body.graph_hash}`);
          return answer.body.status === 'ready' ? true : undefined;
        });
        expect(await machineNames(local)).toContain(rootOf(body.graph_hash));
      });

      it('with a cycle is refused with every place, and one that nobody registered is not known', async () => {
        const cyclic = documentOf('cyclic', [
          ['a', ['b']],
          ['b', ['a']],
        ]);
        const refused = await local.user.post('/graphs', { execution_graph: cyclic });
        expect([refused.status, refused.body.code]).toEqual([400, 'GRAPH_CYCLE']);
        expect(refused.body.problems[0].path).toMatch(/^execution_graph/);
        const unknown = await local.user.get(`/graphs/${'0'.repeat(64)}`);
        expect([unknown.status, unknown.body.code]).toEqual([404, 'GRAPH_NOT_FOUND']);
      });
    });

    describe(`an irregular graph of ${NODES} nodes`, () => {
      it(
        'runs on its compiled machines to the end, every node once, no dependency broken',
        async () => {
          const graph = sparseDag(NODES, 3, seededRandom(11));
          const nodes = graph.nodes.map(({ id, needs }) => [id, needs] as const);
          const { status, body } = await local.user.post('/graphs', {
            execution_graph: documentOf('scale', nodes),
          });
          expect([status, body.status]).toEqual([201, 'ready']);
          const { job_id: jobId } = (await local.user.post('/jobs', { graph_hash: body.hash })).body;
          const job = await waitForLargeJob(local.user, jobId, PATIENCE_MS).catch(async (error: Error) => {
            throw new Error(`${error.message}; ${await whereItStands(jobId)}`, { cause: error });
          });
          expect(job.status).toBe('succeeded');
          const ran = Object.values(job.nodes);
          expect(ran.filter((node) => node.status === 'succeeded')).toHaveLength(NODES);

          const machine = machineName(machinePrefix('local'), body.hash);
          expect((await executionOfJob(local, jobId))?.machine).toBe(machine);
          const executions = await executionsOf(local, machine);
          expect(executions).toHaveLength(body.certificate.state_machines);
          const nested = body.certificate.state_machines - 1;
          expect(await tasksOf(local, executions)).toBe(NODES + 1 + nested);

          const events = await eventsOf(local.user, jobId);
          // One that a worker was too busy to take is another attempt, and has run once all the same.
          const started = events.flatMap(({ type, data }) =>
            type === 'attempt.started' ? [data?.['nodeId']] : [],
          );
          expect([started.length, new Set(started).size]).toEqual([NODES, NODES]);
          const runs = timeline(events);
          expect(runs.size).toBe(NODES);
          expect(violations(graph.nodes, runs)).toEqual([]);
        },
        PATIENCE_MS + 20_000,
      );
    });
  });
}
