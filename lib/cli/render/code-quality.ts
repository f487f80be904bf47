import { digest } from '../../core/history/digest';
import type { JobSummary, SourcePlace, SummarisedNode } from '../job-summary';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  /** The same for the same thing in another run: by it GitLab tells what is new. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

/**
 * A report of code quality as GitLab reads it (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
 * What has no place in the repository cannot be told in it, and is left to the summary.
 */
export function codeQuality({ nodes }: JobSummary): string {
  return `${JSON.stringify(nodes.flatMap(issuesOf), undefined, 1)}\n`;
}

function issuesOf(node: SummarisedNode): Issue[] {
  const { nodeId, outcome, failed, flaky, warning, reason, place } = node;
  const failures =
    outcome !== 'failed'
      ? []
      : failed.length === 0
        ? issue('failed', [nodeId], `${nodeId} failed: ${reason ?? 'it said nothing'}`, place)
        : failed.flatMap((test) =>
            issue(
              'failed',
              [nodeId, test.key],
              `${test.name} failed: ${firstLine(test.message)}`,
              test.place ?? place,
            ),
          );
  const flakes = flaky.flatMap((test) =>
    issue(
      'flaky',
      [nodeId, test.key],
      `${test.name} is flaky: ${firstLine(test.message)}`,
      test.place ?? place,
    ),
  );
  const known = warning === undefined ? [] : issue('known-flake', [nodeId], `${nodeId} ${warning}`, place);
  return [...failures, ...flakes, ...known];
}

const SEVERITY = { failed: 'major', flaky: 'minor', 'known-flake': 'info' } as const;

function issue(
  check: keyof typeof SEVERITY,
  key: readonly string[],
  description: string,
  place: SourcePlace | undefined,
): Issue[] {
  if (place === undefined) return [];
  const { file: path, line: begin = 1 } = place;
  const fingerprint = digest([check, ...key]);
  const severity = SEVERITY[check];
  return [
    {
      description,
      check_name: `reprise-${check}`,
      fingerprint,
      severity,
      location: { path, lines: { begin } },
    },
  ];
}

function firstLine(message = 'it said nothing'): string {
  return message.split('\n', 1)[0] ?? '';
}
