import { escapeXml } from '../core/dag/draw/xml';
import type { TestHistory, Try } from './history';

export interface Titled {
  /** Of the whole report: the node. */
  readonly name: string;
  readonly tests: readonly TestHistory[];
}

/**
 * One JUnit report of all attempts, with earlier tries as Maven Surefire writes them
 * (https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html): a test that passed in the
 * end has a `flakyFailure` for each failure, one that did not has `failure` for the first and `rerunFailure` for the
 * others. Where a failure is an error they are `flakyError`, `error` and `rerunError`.
 */
export function writeJUnit({ name, tests }: Titled): string {
  const suites = new Map<string, TestHistory[]>();
  for (const test of tests) {
    const key = JSON.stringify([test.id.project ?? '', test.id.file ?? '']);
    suites.set(key, [...(suites.get(key) ?? []), test]);
  }
  const lines = [...suites.values()].flatMap((suite) => {
    const { file, project, runner = '' } = suite[0]?.id ?? {};
    return suiteLines(
      { name: file ?? runner, ...(project === undefined ? {} : { hostname: project }) },
      suite,
    );
  });
  return documentOf({ name }, tests, lines);
}

export type Attributes = Readonly<Record<string, string>>;

/** A whole document. @param attributes of `<testsuites>`; what they say of counts and times is taken. */
export function documentOf(
  attributes: Attributes,
  tests: readonly TestHistory[],
  suites: readonly string[],
): string {
  const { skipped: _skipped, flakes: _flakes, ...counts } = countsOf(tests);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributesOf(over(counts, attributes))}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

/** The lines of a `<testsuite>`. */
export function suiteLines(
  attributes: Attributes,
  tests: readonly TestHistory[],
  properties: Attributes = {},
): string[] {
  const named = Object.entries(properties).map(
    ([name, value]) => `      <property${attributesOf({ name, value })}/>`,
  );
  return [
    `  <testsuite${attributesOf(over(countsOf(tests), attributes))}>`,
    ...(named.length === 0 ? [] : ['    <properties>', ...named, '    </properties>']),
    ...tests.flatMap(caseOf),
    '  </testsuite>',
  ];
}

/** Names come first, then counts. */
const over = (counts: Attributes, attributes: Attributes): Attributes => ({
  ...attributes,
  ...counts,
  ...attributes,
});

function countsOf(tests: readonly TestHistory[]): Attributes {
  const count = (is: (test: TestHistory) => boolean) => String(tests.filter(is).length);
  const ms = tests.reduce((sum, { tries }) => sum + (tries.at(-1)?.durationMs ?? 0), 0);
  return {
    tests: String(tests.length),
    failures: count((test) => test.status === 'failed' && !isError(test)),
    errors: count((test) => test.status === 'failed' && isError(test)),
    skipped: count(({ status }) => status === 'skipped' || status === 'unfinished'),
    flakes: count(({ isFlaky }) => isFlaky),
    time: seconds(ms),
  };
}

/** Whether what is told of it first is an error: nothing was found wrong where nothing was tried. */
function isError({ tries }: TestHistory): boolean {
  const first = tries.find(({ status }) => status === 'failed');
  return first === undefined || first.isError === true;
}

function caseOf(test: TestHistory): string[] {
  const { file, suites, title, occurrence } = test.id;
  const attributes = attributesOf({
    name: occurrence === undefined ? title : `${title} (${occurrence})`,
    classname: suites.length > 0 ? suites.join(' › ') : (file ?? title),
    ...(file === undefined ? {} : { file }),
    time: seconds(test.tries.at(-1)?.durationMs ?? 0),
  });
  const children = childrenOf(test);
  const open = `    <testcase${attributes}`;
  return children.length === 0 ? [`${open}/>`] : [`${open}>`, ...children, '    </testcase>'];
}

/** Failures before what was skipped, and errors last: Surefire's schema has them in this order. */
function childrenOf({ tries, status, why }: TestHistory): string[] {
  const failed = tries.filter((one) => one.status === 'failed');
  const inOrder = [false, true].map((isError) => failed.filter((one) => (one.isError === true) === isError));
  if (status === 'passed') return inOrder.flat().map((one) => earlier('flaky', one));
  if (status === 'failed') {
    if (failed.length === 0) return [firstFailure({ isError: true, message: why ?? '' })];
    return inOrder.flat().map((one) => (one === failed[0] ? firstFailure(one) : earlier('rerun', one)));
  }
  const told = why ?? (status === 'unfinished' ? 'did not run to its end' : undefined);
  const skipped = `      <skipped${attributesOf(told === undefined ? {} : { message: told })}/>`;
  const [failures = [], errors = []] = inOrder.map((all) => all.map((one) => earlier('rerun', one)));
  return [...failures, skipped, ...errors];
}

function firstFailure({ message = '', isError }: Pick<Try, 'message' | 'isError'>): string {
  const kind = isError ? 'error' : 'failure';
  const attributes = attributesOf({ message: headOf(message), type: kind });
  return `      <${kind}${attributes}>${escapeXml(message)}</${kind}>`;
}

function earlier(when: 'flaky' | 'rerun', { message = '', attempt, isError }: Try): string {
  const kind = `${when}${isError ? 'Error' : 'Failure'}`;
  const attributes = attributesOf({ message: headOf(message), type: `attempt ${attempt}` });
  return `      <${kind}${attributes}><stackTrace>${escapeXml(message)}</stackTrace></${kind}>`;
}

function headOf(message: string): string {
  return message.split('\n')[0]?.slice(0, 200) ?? '';
}

/** As JUnit counts time. @param ms milliseconds. */
export function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function attributesOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

/** For an attribute: breaks of lines too, of which a reader makes blanks there. */
function escaped(text: string): string {
  return escapeXml(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
