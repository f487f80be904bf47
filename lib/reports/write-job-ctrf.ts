import { testKey } from '../core/history/test-key';
import { present } from '../core/model/present';
import type { TestHistory } from './history';
import { casesOf, type JobReport, type NodeSuite } from './job-report';
import { ctrfDocument, ctrfSummary, ctrfTest, ctrfText } from './write-ctrf';

/** A job as one CTRF report (`write-ctrf.ts`): the suites of a test begin with its node, whose outcome is among its labels. */
export const writeJobCtrf = (report: JobReport): string => ctrfText(jobCtrf(report));

/** The same before it became text. */
export function jobCtrf({ jobId, graph, owner, traceId, status, ...report }: JobReport) {
  const { startedAt: start, endedAt: stop, suites } = report;
  const cases = suites.flatMap(casesOf);
  return ctrfDocument({
    runId: jobId,
    timestamp: new Date(stop).toISOString(),
    results: {
      tool: { name: 'reprise' },
      summary: {
        ...ctrfSummary(cases, { start, stop }),
        ...{ suites: suites.length, duration: Math.round(stop - start) },
      },
      tests: suites.flatMap((suite) => casesOf(suite).map((test) => testIn(suite, test))),
    },
    extra: { graph, owner, traceId, ...present({ status }) },
  });
}

function testIn(suite: NodeSuite, test: TestHistory) {
  const { nodeId, outcome, own, attempts, startedAt, endedAt } = suite;
  const { diagnosis } = attempts.findLast(({ end }) => end === 'failed') ?? {};
  const isOwn = test === own;
  return {
    ...ctrfTest(test),
    testId: testKey(test.id),
    suite: isOwn ? [nodeId] : [nodeId, ...test.id.suites],
    ...(isOwn ? present({ start: startedAt, stop: endedAt, rawStatus: outcome }) : {}),
    ...present({ threadId: attempts.at(-1)?.workerId }),
    labels: { node: nodeId, ...(test.status === 'failed' ? present({ class: diagnosis?.class }) : {}) },
  };
}
