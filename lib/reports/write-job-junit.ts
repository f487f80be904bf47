import { present } from '../core/model/present';
import { casesOf, type JobReport, type NodeSuite } from './job-report';
import { type Attributes, documentOf, seconds, suiteLines } from './write-junit';

/**
 * A job as one JUnit report: a suite a node, in the order of its graph. Earlier tries stand as Maven Surefire writes them
 * (`write-junit.ts`); what the format has no place for is a property of its suite.
 */
export function writeJobJUnit({ graph, startedAt, endedAt, suites }: JobReport): string {
  return documentOf(
    { name: graph, time: seconds(endedAt - startedAt) },
    suites.flatMap(casesOf),
    suites.flatMap((suite) => suiteLines(attributesOf(suite), casesOf(suite), propertiesOf(suite))),
  );
}

function attributesOf({ nodeId, startedAt, durationMs, attempts }: NodeSuite): Attributes {
  return {
    name: nodeId,
    ...(startedAt === undefined ? {} : { timestamp: timestamp(startedAt) }),
    ...present({ hostname: attempts.at(-1)?.workerId }),
    time: seconds(durationMs),
  };
}

function propertiesOf({ outcome, reason, attempts }: NodeSuite): Attributes {
  const { diagnosis } = attempts.findLast(({ end }) => end === 'failed') ?? {};
  const { passed } = attempts.findLast(({ tests }) => tests !== undefined)?.tests?.counts ?? {};
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return present({
    'reprise.outcome': outcome,
    'reprise.reason': reason,
    'reprise.attempts': text(attempts.length),
    'reprise.attempts.lost': text(attempts.filter(({ end }) => end === 'lost').length || undefined),
    'reprise.failure.class': diagnosis?.class,
    'reprise.failure.signature': diagnosis?.signature,
    'reprise.tests.passed': text(passed),
  });
}

/** In UTC, as Ant and Surefire write it: without a zone. */
function timestamp(at: number): string {
  return new Date(at).toISOString().slice(0, '2000-01-01T00:00:00'.length);
}
