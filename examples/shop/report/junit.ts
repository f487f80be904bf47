import { type Element, parseXml } from './xml';

export interface TestResult {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly skipped: boolean;
  /** The first line of what went wrong; absent when nothing did. */
  readonly failure?: string;
}

const LONGEST_FAILURE = 300;

/** The tests of a JUnit file, in its order. Suites may be nested; their names are joined. */
export function readJunit(xml: string): readonly TestResult[] {
  return testsIn(parseXml(xml), []);
}

function testsIn(element: Element, suites: readonly string[]): readonly TestResult[] {
  return element.children.flatMap((child) => {
    if (child.name === 'testsuite') return testsIn(child, [...suites, child.attributes['name'] ?? '']);
    return child.name === 'testcase' ? [testOf(child, suites)] : [];
  });
}

function testOf(element: Element, suites: readonly string[]): TestResult {
  const problem = element.children.find(({ name }) => name === 'failure' || name === 'error');
  return {
    suite: suites.filter(Boolean).join(' > ') || (element.attributes['classname'] ?? ''),
    name: element.attributes['name'] ?? '',
    seconds: Number(element.attributes['time'] ?? 0) || 0,
    skipped: element.children.some(({ name }) => name === 'skipped'),
    ...(problem ? { failure: failureOf(problem) } : {}),
  };
}

function failureOf(problem: Element): string {
  const text = problem.attributes['message'] || problem.text || problem.attributes['type'] || 'failed';
  return text.trim().split('\n')[0]!.slice(0, LONGEST_FAILURE);
}
