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
 * others.
 */
export function writeJUnit({ name, tests }: Titled): string {
  const suites = new Map<string, TestHistory[]>();
  for (const test of tests) {
    const key = JSON.stringify([test.id.project ?? '', test.id.file ?? '']);
    suites.set(key, [...(suites.get(key) ?? []), test]);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}"${countsOf(tests)}>`,
    ...[...suites.values()].flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(tests: readonly TestHistory[]): string[] {
  const [first] = tests;
  const { file, project, runner = '' } = first?.id ?? {};
  const host = project === undefined ? '' : ` hostname="${escaped(project)}"`;
  return [
    `  <testsuite name="${escaped(file ?? runner)}"${host}${countsOf(tests)}>`,
    ...tests.flatMap(caseOf),
    '  </testsuite>',
  ];
}

function countsOf(tests: readonly TestHistory[]): string {
  const of = (status: TestHistory['status']) => tests.filter((test) => test.status === status).length;
  const skipped = of('skipped') + of('unfinished');
  const flakes = tests.filter(({ isFlaky }) => isFlaky).length;
  const ms = tests.reduce((sum, { tries }) => sum + (tries.at(-1)?.durationMs ?? 0), 0);
  return ` tests="${tests.length}" failures="${of('failed')}" errors="0" skipped="${skipped}" flakes="${flakes}" time="${seconds(ms)}"`;
}

function caseOf({ id, tries, status }: TestHistory): string[] {
  const { file, suites, title, occurrence } = id;
  const last = tries.at(-1);
  const attributes = [
    ['name', occurrence === undefined ? title : `${title} (${occurrence})`],
    ['classname', suites.length > 0 ? suites.join(' › ') : (file ?? title)],
    ...(file === undefined ? [] : [['file', file]]),
    ['time', seconds(last?.durationMs ?? 0)],
  ].map(([name, value]) => ` ${name}="${escaped(value ?? '')}"`);
  const children = childrenOf(tries, status);
  const open = `    <testcase${attributes.join('')}`;
  return children.length === 0 ? [`${open}/>`] : [`${open}>`, ...children, '    </testcase>'];
}

function childrenOf(tries: readonly Try[], status: TestHistory['status']): string[] {
  const failures = tries.filter((one) => one.status === 'failed');
  if (status === 'passed') return failures.map((one) => earlier('flakyFailure', one));
  if (status === 'failed') {
    return failures.map((one, i) => (i === 0 ? firstFailure(one) : earlier('rerunFailure', one)));
  }
  const why = status === 'unfinished' ? ' message="did not run to its end"' : '';
  return [`      <skipped${why}/>`, ...failures.map((one) => earlier('rerunFailure', one))];
}

function firstFailure({ message = '' }: Try): string {
  return `      <failure message="${escaped(headOf(message))}" type="failure">${escapeXml(message)}</failure>`;
}

function earlier(kind: 'flakyFailure' | 'rerunFailure', { message = '', attempt }: Try): string {
  const head = `message="${escaped(headOf(message))}" type="attempt ${attempt}"`;
  return `      <${kind} ${head}><stackTrace>${escapeXml(message)}</stackTrace></${kind}>`;
}

function headOf(message: string): string {
  return message.split('\n')[0]?.slice(0, 200) ?? '';
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** For an attribute: breaks of lines too, of which a reader makes blanks there. */
function escaped(text: string): string {
  return escapeXml(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
