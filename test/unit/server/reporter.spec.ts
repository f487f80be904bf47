import type { ExecutionReporting } from '../../../lib/core/ports/reporting';
import { createReporter } from '../../../lib/server/reporter';
import { graph, JobDriver, node } from '../../support/job-driver';
import { recordedJob } from '../../support/timelines';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const settled = async () => {
  for (let i = 0; i < 20; i++) await turn();
};

function world(submit: () => Promise<void> = async () => undefined) {
  const submitted: string[] = [];
  const warnings: string[] = [];
  let underWay = 0;
  let most = 0;
  const take = (what: string) => async () => {
    most = Math.max(most, ++underWay);
    try {
      await turn();
      await submit();
      submitted.push(what);
    } finally {
      underWay -= 1;
    }
  };
  const reporting = {
    submitExecutionMetrics: take('execution'),
    submitPerformanceData: take('performance'),
    submitFailureAnalysis: take('failures'),
    submitCapacityMetrics: take('capacity'),
  } as unknown as ExecutionReporting;
  const job = new JobDriver(graph([node('a')])).submit().enterAll();
  job.start('a');
  job.succeed('a');
  const reporter = createReporter({
    journal: {
      read: async function* (stream: string) {
        if (stream === 'job/j') yield* recordedJob(job);
      },
    },
    graphs: { get: async () => job.graph },
    reporting: () => reporting,
    warn: (message) => void warnings.push(message),
  });
  return { reporter, submitted, warnings, most: () => most };
}

describe('the reporter of a daemon', () => {
  it('reports jobs one after the other', async () => {
    const { reporter, submitted, warnings, most } = world();
    reporter.report('j');
    reporter.report('j');
    await settled();
    expect(submitted).toEqual([
      'execution',
      'performance',
      'capacity',
      'execution',
      'performance',
      'capacity',
    ]);
    expect([most(), warnings]).toEqual([1, []]);
  });

  it('says which job was not reported, why, and how it can be', async () => {
    const { reporter, warnings } = world(async () => {
      throw new Error('nobody there');
    });
    reporter.report('j');
    await settled();
    expect(warnings).toEqual([
      expect.stringMatching(/^job j was not reported: nobody there; `reprise report j /),
    ]);
  });

  it('reports nothing of a job that is not there, and once it is closed says what it did not report', async () => {
    const { reporter, submitted, warnings } = world();
    reporter.report('nobody');
    await settled();
    reporter.close();
    reporter.report('j');
    await settled();
    expect(submitted).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('job j was not reported: the daemon stopped first')]);
  });
});
