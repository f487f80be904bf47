import type { MergedTest, NodeReport, Report } from './merge';
import { escapeXml } from './xml';

/** The merged JUnit document. `flakyFailure` is what Maven Surefire writes, and what most readers understand. */
export function junitXml(report: Report): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<testsuites tests="${report.total}" failures="${report.failed}" skipped="${report.skipped}" time="${report.seconds.toFixed(3)}">`,
    ...report.nodes.map(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ node, tests, failed, seconds }: NodeReport): string {
  const counts = `tests="${tests.length}" failures="${failed}" time="${seconds.toFixed(3)}"`;
  return [`  <testsuite name="${escapeXml(node)}" ${counts}>`, ...tests.map(testcase), '  </testsuite>'].join(
    '\n',
  );
}

function testcase(test: MergedTest): string {
  const inside = [
    ...(test.failure === undefined ? [] : [`<failure message="${escapeXml(test.failure)}"/>`]),
    ...(test.skipped ? ['<skipped/>'] : []),
    ...test.earlierFailures.map((failure) => `<flakyFailure message="${escapeXml(failure)}"/>`),
  ];
  const opening = `    <testcase classname="${escapeXml(test.suite)}" name="${escapeXml(test.name)}" time="${test.seconds.toFixed(3)}"`;
  if (inside.length === 0) return `${opening}/>`;
  return [`${opening}>`, ...inside.map((line) => `      ${line}`), '    </testcase>'].join('\n');
}
