import { readJunit, type TestResult } from './junit';

/** What one attempt of one node of the graph wrote. */
export interface AttemptFile {
  readonly node: string;
  readonly attempt: number;
  readonly xml: string;
}

export interface MergedTest extends TestResult {
  /** How the test failed in earlier attempts, oldest first. */
  readonly earlierFailures: readonly string[];
}

export interface NodeReport {
  readonly node: string;
  readonly attempts: number;
  readonly tests: readonly MergedTest[];
  readonly failed: number;
  readonly seconds: number;
}

export interface Report {
  readonly nodes: readonly NodeReport[];
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Tests that failed at first and passed in the end. */
  readonly helpedByRetry: number;
}

/** One report of many files. The last attempt of a node counts; earlier ones explain it. */
export function merge(files: readonly AttemptFile[]): Report {
  const byNode = new Map<string, AttemptFile[]>();
  for (const file of files) byNode.set(file.node, [...(byNode.get(file.node) ?? []), file]);
  const nodes = [...byNode]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([node, attempts]) => reportOf(node, attempts));
  const tests = nodes.flatMap((node) => node.tests);
  return {
    nodes,
    total: tests.length,
    failed: tests.filter(hasFailed).length,
    skipped: tests.filter((test) => test.skipped).length,
    seconds: sum(tests.map((test) => test.seconds)),
    helpedByRetry: tests.filter((test) => !hasFailed(test) && test.earlierFailures.length > 0).length,
  };
}

function reportOf(node: string, files: readonly AttemptFile[]): NodeReport {
  const attempts = files.toSorted((a, b) => a.attempt - b.attempt).map(testsOf);
  const earlier = attempts.slice(0, -1).flat();
  const tests = attempts[attempts.length - 1]!.map((test) => ({
    ...test,
    earlierFailures: earlier
      .filter(({ suite, name }) => suite === test.suite && name === test.name)
      .flatMap(({ failure }) => failure ?? []),
  }));
  return {
    node,
    attempts: attempts.length,
    tests,
    failed: tests.filter(hasFailed).length,
    seconds: sum(tests.map((test) => test.seconds)),
  };
}

/** A file that cannot be read is a failure too: the attempt may have died while it wrote. */
function testsOf({ node, attempt, xml }: AttemptFile): readonly TestResult[] {
  try {
    return readJunit(xml);
  } catch (error) {
    const failure = `unreadable results: ${error instanceof Error ? error.message : String(error)}`;
    return [{ suite: node, name: `attempt ${attempt}`, seconds: 0, skipped: false, failure }];
  }
}

const hasFailed = (test: TestResult): boolean => test.failure !== undefined;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
