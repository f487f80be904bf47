import { all, any, atom, not, type Test } from './test-code';

/** What `needs.JOB.result` is. */
export const RESULTS = ['success', 'failure', 'cancelled', 'skipped'] as const;
export type Result = (typeof RESULTS)[number];

/** The nodes of a job. */
export interface JobNodes {
  readonly ids: readonly string[];
  /** How the ids of this job begin, and no other id does. */
  readonly prefix?: string;
  /** How many there are is decided while it runs, and may be none. */
  readonly isDynamic?: boolean;
}

/** A node's result in a condition. */
export function nodeText(id: string): string {
  return `results.\`${id}\``;
}

/** More nodes of one job than these are told by how their ids begin, so that the text does not grow with them. */
const LISTED = 12;

/**
 * Whether the combined result of a job is one of these: of several nodes a failure counts most, then a cancellation.
 * All of them are skipped, or none.
 */
export function resultIs(job: JobNodes, wanted: readonly Result[]): Test {
  if (wanted.length === 0 || wanted.length === RESULTS.length) return wanted.length > 0;
  if (job.ids.length === 1) return statusIs(job.ids[0]!, wanted);
  if (wanted.length > 2) return not(resultIs(job, without(wanted)));
  return any(...wanted.map((result) => combined(job, result)));
}

function without(wanted: readonly Result[]): Result[] {
  return RESULTS.filter((result) => !wanted.includes(result));
}

const STATUS: Readonly<Record<Result, string>> = {
  success: 'succeeded',
  failure: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

function statusIs(id: string, wanted: readonly Result[]): Test {
  const status = `${nodeText(id)}.status`;
  const [first] = wanted;
  if (wanted.length === 1) return atom(`${status} = "${STATUS[first!]}"`, `${status} != "${STATUS[first!]}"`);
  if (wanted.length === 3) return not(statusIs(id, without(wanted)));
  return atom(`${status} in [${wanted.map((each) => `"${STATUS[each]}"`).join(', ')}]`);
}

function combined(job: JobNodes, result: Result): Test {
  if (result === 'failure') return someFailed([job]);
  if (result === 'skipped') return statusIs(job.ids[0]!, [result]);
  if (result === 'cancelled') return all(someStatus([job], 'cancelled'), not(someFailed([job])));
  return allSucceeded([job]);
}

/** Whether all of these jobs succeeded. */
export function allSucceeded(jobs: readonly JobNodes[]): Test {
  const ids = jobs.flatMap((job) => job.ids);
  if (ids.length < 3) return all(...ids.map((id) => statusIs(id, ['success'])));
  return atom(`$count(${listText(jobs)}[status != "succeeded"]) = 0`);
}

/** Whether one of these jobs failed. */
export function someFailed(jobs: readonly JobNodes[]): Test {
  return someStatus(jobs, 'failure');
}

function someStatus(jobs: readonly JobNodes[], status: Result): Test {
  const [first, second] = jobs.flatMap(({ ids }) => ids);
  if (first === undefined) return false;
  if (second === undefined) return statusIs(first, [status]);
  return atom(`"${STATUS[status]}" in ${listText(jobs)}.status`);
}

function listText(jobs: readonly JobNodes[]): string {
  const parts = jobs.flatMap(({ ids, prefix }) => {
    if (prefix === undefined || ids.length <= LISTED) return ids.map(nodeText);
    const begins = `$substring($id, 0, ${prefix.length}) = "${prefix}"`;
    return [`$each(results, function($node, $id) { ${begins} ? $node })`];
  });
  return `[${parts.join(', ')}]`;
}

/** The same of all nodes upstream of the one whose condition it is. */
export const EVERYTHING = {
  succeeded: atom('$count(results.*[status != "succeeded"]) = 0'),
  failed: atom('"failed" in results.*.status'),
} as const;
