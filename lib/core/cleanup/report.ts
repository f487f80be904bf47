import type { Recorded } from '../journal/envelope';
import type { JournalStore } from '../ports/stores';
import { latestStreams } from './announce';
import type { CleanupEvent, Going, Staying, Tally } from './events';
import type { Retention } from './retention';

/** What the journal says of a run. */
export interface CleanupReport {
  readonly run: string;
  readonly by: string;
  readonly dryRun: boolean;
  readonly retention: Retention;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined while it runs, or where it died. */
  readonly completedAt?: number;
  readonly tally?: Tally;
  /** What goes, went or would go: the last of them. */
  readonly items: readonly Going[];
  /** What was to go, and is still there: the last of them. */
  readonly stayed: readonly Staying[];
}

/** Items that a report shows. */
const SHOWN = 100;

/**
 * The run that began last. @param now milliseconds since the epoch.
 * @returns undefined where none began this month or in the one before.
 */
export async function latestReport(
  journal: Pick<JournalStore, 'read'>,
  now: number,
): Promise<CleanupReport | undefined> {
  let report: CleanupReport | undefined;
  for (const stream of latestStreams(now))
    for await (const event of journal.read(stream) as AsyncIterable<Recorded<CleanupEvent>>)
      report = reported(report, event);
  return report;
}

function reported(
  report: CleanupReport | undefined,
  event: Recorded<CleanupEvent>,
): CleanupReport | undefined {
  if (event.type === 'cleanup.started') {
    return { ...event.data, startedAt: event.at, items: [], stayed: [] };
  }
  // Of a run that began earlier and is not over yet.
  if (!report || report.run !== event.data.run) return report;
  switch (event.type) {
    case 'cleanup.archived':
      return report;
    case 'cleanup.removing':
      return { ...report, items: [...report.items, ...event.data.items].slice(-SHOWN) };
    case 'cleanup.stayed': {
      const { kind, id, reason, failed } = event.data;
      const items = report.items.filter((each) => each.kind !== kind || each.id !== id);
      return { ...report, items, stayed: [...report.stayed, { kind, id, reason, failed }].slice(-SHOWN) };
    }
    default: {
      const { counts, bytes, failed, complete, items = report.items } = event.data;
      const tally = { counts, bytes, failed, complete };
      return { ...report, completedAt: event.at, tally, items };
    }
  }
}
