import type { ExecutionReporting } from '../../lib/core/ports/reporting';
import { reportingOf } from '../../lib/core/projections/reporting';
import { graph, JobDriver, node, retrying } from '../support/job-driver';
import type { ReportingServer } from '../support/reporting-server';
import { graphOf, timelineOf } from '../support/timelines';

export interface ReportingSetup {
  readonly reporting: ExecutionReporting;
  readonly system: ReportingServer;
}

function reported() {
  const job = new JobDriver(graph([node('a', retrying(2)), node('b', { needs: ['a'] })])).submit().enterAll();
  job.start('a');
  job.fail('a');
  job.now += 60_000;
  job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
  for (const id of ['a', 'b']) {
    job.start(id);
    job.succeed(id);
  }
  return reportingOf(timelineOf(job), graphOf(job));
}

const criteria = { from: 1_000, to: 2_000, graph: 'test', pool: 'default' };

/** What everybody keeps to who speaks to an Execution Reporting Module. */
export function describeReporting(name: string, setup: () => Promise<ReportingSetup>): void {
  describe(`execution reporting: ${name}`, () => {
    let world: ReportingSetup;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.system.close());

    async function submitAll(): Promise<void> {
      const { execution, performance, failures, capacity } = reported();
      await world.reporting.submitExecutionMetrics(execution);
      await world.reporting.submitPerformanceData(performance);
      if (failures) await world.reporting.submitFailureAnalysis(failures);
      await world.reporting.submitCapacityMetrics(capacity);
    }

    it('submits all that a job measured, in the words of the contract', async () => {
      await submitAll();
      const { reportId } = reported().execution;
      const { taken } = world.system;
      expect([...taken.keys()]).toEqual([
        `/execution-metrics ${reportId}`,
        `/performance-data ${reportId}`,
        `/failure-analyses ${reportId}`,
        `/capacity-metrics ${reportId}`,
      ]);
      expect(taken.get(`/execution-metrics ${reportId}`)).toMatchObject({
        ...{ job_id: 'j', graph: 'test', status: 'succeeded', flaky_nodes: 1 },
        attempts: { succeeded: 2, failed: 1, lost: 0 },
      });
      expect(taken.get(`/performance-data ${reportId}`)).toMatchObject({ critical_path: ['a', 'b'] });
      expect(taken.get(`/failure-analyses ${reportId}`)).toMatchObject({
        failures: [{ node_id: 'a', attempt: 1, kind: 'exit', resolved: true }],
      });
      expect(taken.get(`/capacity-metrics ${reportId}`)).toMatchObject({
        workers: [{ worker_id: 'w1', attempts: 3, busy_ms: 15 }],
      });
    });

    it('submits again what counts once', async () => {
      await submitAll();
      await submitAll();
      expect(world.system.calls).toHaveLength(8);
      expect(world.system.taken.size).toBe(4);
    });

    it('asks for insights, patterns and trends with all of its criteria', async () => {
      const { says, calls } = world.system;
      const insight = {
        graph: 'test',
        node_id: 'a',
        expected_ms: 5,
        trend: 'slower',
        samples: 9,
        advice: 'split',
      };
      const pattern = {
        ...{ signature: 'abc', class: 'network', occurrences: 3, jobs: 2, nodes: ['a'] },
        ...{ first_seen_at: 1, last_seen_at: 2, resolved_share: 0.5 },
      };
      const trend = { pool: 'default', at: 1, span_ms: 60, utilization: 0.25, wait_p95_ms: 7 };
      says.set('/performance-insights', { insights: [insight] });
      says.set('/failure-patterns', { patterns: [pattern] });
      says.set('/capacity-trends', { trends: [trend] });
      const { reporting } = world;
      expect(await reporting.getPerformanceInsights(criteria)).toEqual([
        { graph: 'test', nodeId: 'a', expectedMs: 5, trend: 'slower', samples: 9, advice: 'split' },
      ]);
      expect(await reporting.getFailurePatterns({ ...criteria, class: 'network' })).toEqual([
        {
          ...{ signature: 'abc', class: 'network', occurrences: 3, jobs: 2, nodes: ['a'] },
          ...{ firstSeenAt: 1, lastSeenAt: 2, resolvedShare: 0.5 },
        },
      ]);
      expect(await reporting.getCapacityTrends({ from: 1_000, to: 2_000, pool: 'default' })).toEqual([
        { pool: 'default', at: 1, spanMs: 60, utilization: 0.25, waitP95Ms: 7 },
      ]);
      expect(calls).toEqual([
        'GET /performance-insights?from=1000&to=2000&graph=test&pool=default',
        'GET /failure-patterns?from=1000&to=2000&graph=test&pool=default&class=network',
        'GET /capacity-trends?from=1000&to=2000&pool=default',
      ]);
    });

    it('tries again while the system is busy', async () => {
      world.system.next.push(503, 429);
      await world.reporting.submitExecutionMetrics(reported().execution);
      expect(world.system.taken.size).toBe(1);
    });

    it('takes a refusal for final, and an answer of another kind for none', async () => {
      world.system.next.push(403);
      const refused = world.reporting.submitExecutionMetrics(reported().execution);
      await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', disposition: 'terminal' });
      expect(world.system.calls).toHaveLength(1);
      world.system.says.set('/capacity-trends', { trends: 'none' });
      await expect(world.reporting.getCapacityTrends(criteria)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
    });
  });
}
