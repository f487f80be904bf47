import type { MergedTest, Report } from './merge';

/** The report for a person, in plain text. */
export function summary(report: Report): string {
  const width = Math.max(5, ...report.nodes.map(({ node }) => node.length));
  const passed = report.total - report.failed - report.skipped;
  return [
    `${report.total} tests: ${passed} passed, ${report.failed} failed, ${report.skipped} skipped, ${report.seconds.toFixed(1)} s of testing`,
    '',
    `  ${'suite'.padEnd(width)}  tests  failed    time`,
    ...report.nodes.map(
      ({ node, tests, failed, seconds }) =>
        `  ${node.padEnd(width)}  ${column(tests.length, 5)}  ${column(failed, 6)}  ${column(seconds.toFixed(1), 4)} s`,
    ),
    ...section('Failed', report, ({ failure }) => failure),
    ...section('Helped by a retry', report, ({ failure, earlierFailures }) =>
      failure === undefined ? earlierFailures[0] : undefined,
    ),
    '',
  ].join('\n');
}

function section(
  title: string,
  { nodes }: Report,
  textOf: (test: MergedTest) => string | undefined,
): string[] {
  const lines = nodes.flatMap(({ node, tests }) =>
    tests.flatMap((test) => {
      const text = textOf(test);
      return text === undefined ? [] : [`  ${node}: ${test.name}`, `    ${text}`];
    }),
  );
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function column(value: string | number, width: number): string {
  return String(value).padStart(width);
}
