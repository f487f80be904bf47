import type { Recorded } from '../journal/envelope';
import type { AuditOutcome } from './events';
import type { AuditEntry } from './list';

/** How a journal was found when the report was made. */
export interface VerifiedStream {
  readonly stream: string;
  readonly events: number;
  /** What is wrong, and where; absent where nothing is. */
  readonly fault?: string;
  /** Up to which event it is anchored, and by which anchor. */
  readonly anchored?: { readonly seq: number; readonly anchor: number; readonly at: number };
}

/** What a report is about. Times in milliseconds since the epoch. */
export interface AuditScope {
  readonly from: number;
  readonly to: number;
  readonly job?: string;
}

export interface Counted {
  readonly name: string;
  readonly calls: number;
  readonly refused: number;
}

/** What a job consisted of, for people: decisions of people and of the job as a whole one by one, the rest counted. */
export interface JobPart {
  readonly owner: string | undefined;
  readonly graph: string | undefined;
  readonly steps: readonly Recorded[];
  readonly others: readonly { readonly type: string; readonly count: number }[];
}

export interface AuditReport {
  readonly scope: AuditScope;
  /** Calls by how they came out; a record that stands for several counts as so many. */
  readonly outcomes: Readonly<Record<AuditOutcome, number>>;
  /** Refusals that were counted and not written. */
  readonly unwritten: number;
  readonly principals: readonly Counted[];
  readonly actions: readonly Counted[];
  readonly entries: readonly AuditEntry[];
  readonly job: JobPart | undefined;
  readonly verified: readonly VerifiedStream[];
}

export function auditReport(
  scope: AuditScope,
  entries: readonly AuditEntry[],
  verified: readonly VerifiedStream[],
  events?: readonly Recorded[],
): AuditReport {
  const outcomes = { accepted: 0, refused: 0, failed: 0 };
  for (const { outcome, times = 1 } of entries) outcomes[outcome] += times;
  return {
    ...{ scope, outcomes, entries, verified, job: events && jobPart(events) },
    unwritten: entries.reduce((sum, { unwritten = 0 }) => sum + unwritten, 0),
    principals: counted(entries, ({ principal }) => principal),
    actions: counted(entries, ({ action }) => action),
  };
}

/** By a name, the one with the most calls first. */
function counted(entries: readonly AuditEntry[], nameOf: (entry: AuditEntry) => string): Counted[] {
  const all = new Map<string, Counted>();
  for (const entry of entries) {
    const { times = 1, outcome } = entry;
    const name = nameOf(entry);
    const { calls = 0, refused = 0 } = all.get(name) ?? {};
    all.set(name, { name, calls: calls + times, refused: refused + (outcome === 'refused' ? times : 0) });
  }
  return [...all.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}

function jobPart(events: readonly Recorded[]): JobPart {
  const isStep = ({ type, actor }: Recorded) => type.startsWith('job.') || actor.kind === 'user';
  const counts = new Map<string, number>();
  for (const event of events) if (!isStep(event)) counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  const submitted = events.find(({ type }) => type === 'job.submitted')?.data as
    | { readonly owner?: string; readonly graphHash?: string }
    | undefined;
  return {
    ...{ owner: submitted?.owner, graph: submitted?.graphHash, steps: events.filter(isStep) },
    others: [...counts].map(([type, count]) => ({ type, count })),
  };
}
