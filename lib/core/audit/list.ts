import { isRepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import type { JournalStore } from '../ports/stores';
import type { AuditEvent, AuditOutcome, CommandRecord } from './events';
import { auditStreams, dayOf, nextDay } from './streams';

/** A record as it is listed: what was recorded, when, and where it stands. */
export interface AuditEntry extends CommandRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stream: string;
  readonly seq: number;
  readonly requestId: string;
  readonly traceId: string;
}

/** Which records are wanted; what is left out asks for nothing. Times in milliseconds since the epoch. */
export interface AuditFilter {
  readonly principal?: string;
  /** A part of the action: `cancel`, `POST /jobs`. */
  readonly action?: string;
  readonly outcome?: AuditOutcome;
  readonly job?: string;
  /** Only what this subject did, or what was done to what is theirs. */
  readonly subject?: string;
  readonly from: number;
  /** Up to here and not including it. */
  readonly to: number;
}

/** Where a list goes on: a day, and the next sequence in each of its streams. */
export interface AuditPlace {
  readonly day: string;
  readonly next: readonly number[];
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Absent on the last page. A page may have fewer entries than asked for, or none, and not be the last. */
  readonly next?: AuditPlace;
}

/** How much of the trail one page takes. */
export interface AuditBounds {
  /** Entries of a page. */
  readonly limit: number;
  /** Records that are looked at for it. */
  readonly read: number;
}

export interface AuditSource {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly shards: number;
}

/** Days without a record that are looked at for one page. */
const EMPTY_DAYS = 31;

/** A page of the trail, the oldest first. */
export async function auditPage(
  source: AuditSource,
  filter: AuditFilter,
  { limit, read }: AuditBounds,
  place?: AuditPlace,
): Promise<AuditPage> {
  const entries: AuditEntry[] = [];
  let looked = 0;
  let day = place?.day ?? dayOf(filter.from);
  let next = place?.next ?? [];
  for (let days = 0; day <= dayOf(filter.to); days++) {
    if (days >= EMPTY_DAYS) return { entries, next: { day, next: [] } };
    const places = auditStreams(day, source.shards).map((_, shard) => next[shard] ?? 1);
    for await (const { event, shard } of merged(source, day, places)) {
      if (entries.length >= limit || looked >= read) return { entries, next: { day, next: places } };
      places[shard] = event.seq + 1;
      looked += 1;
      const entry = entryOf(event);
      if (isWanted(entry, filter)) entries.push(entry);
    }
    [day, next] = [nextDay(day), []];
  }
  return { entries };
}

/** Every record that is wanted, the oldest first. */
export async function* auditEntries(source: AuditSource, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  for (let day = dayOf(filter.from); day <= dayOf(filter.to); day = nextDay(day)) {
    for await (const { event } of merged(source, day, [])) {
      const entry = entryOf(event);
      if (isWanted(entry, filter)) yield entry;
    }
  }
}

type RecordedCommand = Recorded<AuditEvent>;

/** The records of a day by their time, those of a stream in their order. */
async function* merged(
  { journal, shards }: AuditSource,
  day: string,
  from: readonly number[],
): AsyncGenerator<{ readonly event: RecordedCommand; readonly shard: number }> {
  const streams = auditStreams(day, shards).map((stream, shard) =>
    recordsOf(journal, stream, from[shard] ?? 1),
  );
  try {
    const heads = await Promise.all(streams.map((stream) => stream.next()));
    for (;;) {
      let shard = -1;
      for (const [i, head] of heads.entries()) {
        const first = heads[shard];
        if (!head.done && (!first || first.done || head.value.at < first.value.at)) shard = i;
      }
      const head = heads[shard];
      if (!head || head.done) return;
      yield { event: head.value as RecordedCommand, shard };
      heads[shard] = (await streams[shard]?.next()) as IteratorResult<Recorded>;
    }
  } finally {
    for (const stream of streams) await stream.return(undefined);
  }
}

/** Of a day that was archived and removed meanwhile there is nothing here. */
async function* recordsOf(
  journal: AuditSource['journal'],
  stream: string,
  from: number,
): AsyncGenerator<Recorded> {
  try {
    yield* journal.read(stream, from);
  } catch (error) {
    if (!isRepriseError(error, 'JOB_NOT_FOUND')) throw error;
  }
}

function entryOf({ at, stream, seq, causeId, traceId, data }: RecordedCommand): AuditEntry {
  return { ...data, at, stream, seq, requestId: causeId, traceId };
}

function isWanted(entry: AuditEntry, filter: AuditFilter): boolean {
  const { principal, action, outcome, job, subject, from, to } = filter;
  return (
    entry.at >= from &&
    entry.at < to &&
    (principal === undefined || entry.principal === principal) &&
    (action === undefined || entry.action.toLowerCase().includes(action.toLowerCase())) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (job === undefined || entry.resource === `job/${job}`) &&
    (subject === undefined || entry.principal === subject || entry.owner === subject)
  );
}

/** A place as a cursor: `2026-11-29.1.5.1`. */
export const cursorOf = ({ day, next }: AuditPlace): string => [day, ...next].join('.');

/** @returns undefined where the text is no cursor. */
export function placeOf(cursor: string): AuditPlace | undefined {
  const match = /^(\d{4}-\d\d-\d\d)((?:\.[1-9]\d{0,9}){0,64})$/.exec(cursor);
  const [, day, next] = match ?? [];
  if (day === undefined || next === undefined || Number.isNaN(Date.parse(day))) return undefined;
  return { day, next: next.split('.').slice(1).map(Number) };
}
