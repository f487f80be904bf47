import type { JobSummary, SourcePlace, SummarisedNode } from '../job-summary';

/** GitHub shows as many of each kind and step, and as many characters of each (actions/runner, ExecutionContext.cs). */
const SHOWN = 10;
const LENGTH = 4_096;

type Kind = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly kind: Kind;
  readonly title: string;
  readonly message: string;
  readonly place?: SourcePlace | undefined;
}

/**
 * Workflow commands of GitHub Actions, a line each: errors for what failed, warnings for flaky tests and known flakes,
 * notices for what was tried again and passed. Of more than GitHub shows, the last one says how many there are.
 */
export function githubAnnotations(summary: JobSummary): string {
  const all = [...summary.nodes.flatMap(annotationsOf), ...ofJob(summary)];
  return (['error', 'warning', 'notice'] as const)
    .flatMap((kind) => shown(all.filter((each) => each.kind === kind)))
    .map(line)
    .join('');
}

function annotationsOf(node: SummarisedNode): Annotation[] {
  const { nodeId, outcome, attempts, warning, flaky, place } = node;
  const flakes = flaky.map((test): Annotation => {
    const message = `${test.name} failed, and passed when it ran again: ${test.message ?? 'it said nothing'}`;
    return { kind: 'warning', title: `flaky in ${nodeId}`, message, place: test.place ?? place };
  });
  const known: Annotation[] =
    warning === undefined
      ? []
      : [{ kind: 'warning', title: `${nodeId} has a known flake`, message: warning, place }];
  const again: Annotation[] =
    outcome === 'succeeded' && attempts.length > 1 && flaky.length === 0
      ? [
          {
            kind: 'notice',
            title: `${nodeId} passed after ${attempts.length} attempts`,
            message: whyOf(node),
            place,
          },
        ]
      : [];
  return [...(outcome === 'failed' ? failures(node) : []), ...flakes, ...known, ...again];
}

function failures(node: SummarisedNode): Annotation[] {
  const { nodeId, failed, place } = node;
  if (failed.length === 0) return [{ kind: 'error', title: `${nodeId} failed`, message: whyOf(node), place }];
  return failed.map((test): Annotation => {
    const message = `${test.name}\n${test.message ?? 'it said nothing'}`;
    return { kind: 'error', title: `a test of ${nodeId} failed`, message, place: test.place ?? place };
  });
}

/** The failure, its class, and why it was tried again, or not. */
function whyOf({ attempts, reason, whyNotAgain }: SummarisedNode): string {
  const said = attempts.flatMap(({ attempt, failure, diagnosis, next }) => {
    if (failure === undefined) return [];
    const of = diagnosis ? ` (${diagnosis.class}, signature ${diagnosis.signature})` : '';
    return [`attempt ${attempt}: ${failure}${of}${next ? `; tried again: ${next.why}` : ''}`];
  });
  const rest = [
    ...(said.length === 0 && reason !== undefined ? [reason] : []),
    ...(whyNotAgain === undefined ? [] : [`not tried again: ${whyNotAgain}`]),
  ];
  return [...said, ...rest].join('\n') || 'it said nothing';
}

/** A job that did not succeed though no node says why. */
function ofJob({ status, reason, nodes, graph }: JobSummary): Annotation[] {
  if (status === 'succeeded' || nodes.some(({ outcome }) => outcome === 'failed')) return [];
  const message = reason ?? 'what ran it ended before the job did';
  return [{ kind: 'error', title: `${graph} ${status ?? 'is not over'}`, message }];
}

function shown(annotations: readonly Annotation[]): Annotation[] {
  if (annotations.length <= SHOWN) return [...annotations];
  const left = annotations.length - (SHOWN - 1);
  const { kind } = annotations[0]!;
  const message = `${left} more are not annotated, as GitHub shows ${SHOWN}: the summary of the job has them`;
  return [...annotations.slice(0, SHOWN - 1), { kind, title: `${left} more`, message }];
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message */
function line({ kind, title, message, place }: Annotation): string {
  const properties = [
    ...(place === undefined ? [] : [`file=${property(place.file)}`]),
    ...(place?.line === undefined ? [] : [`line=${place.line}`]),
    `title=${property(title)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(message.slice(0, LENGTH))}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
