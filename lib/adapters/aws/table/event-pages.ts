import { gunzipSync, gzipSync } from 'node:zlib';
import { RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { eventsKey } from './keys';

/** A commit's events as one item. Attributes beside the keys. */
export interface EventPage {
  readonly pk: string;
  readonly sk: string;
  readonly from: number;
  readonly to: number;
  /**
   * A JSON array, gzipped when that is smaller. Text and not a DynamoDB list: outputs are any JSON, and DynamoDB
   * refuses numbers past 9.9e125 and values nested deeper than 32 levels, which would end a job for good.
   */
  readonly events: string | Uint8Array;
  /** It is no page: the stream is removed, and nothing can be appended to it. */
  readonly sealed?: boolean;
}

/** JSON bytes of a page before compression: half of the item limit of 400 KB, and a bound for one read. */
const PAGE_BYTES = 200 * 1024;
/** DynamoDB bills writes by the KiB, keys and the page's own numbers among them. */
const GZIP_FROM_BYTES = 800;
/** A transaction ends at 100 actions, up to 31 of lists and traces among them, and at 4 MB, here with bytes as base64. */
const TRANSACTION_PAGES = 64;
const TRANSACTION_BYTES = 2_500_000;

/** Splits the events of one append into items. */
export function toPages(stream: string, events: readonly Recorded[]): EventPage[] {
  const pages: EventPage[] = [];
  let texts: string[] = [];
  let bytes = 0;
  let from = events[0]?.seq ?? 0;
  for (const [i, event] of events.entries()) {
    const text = JSON.stringify(event);
    const size = Buffer.byteLength(text);
    if (texts.length > 0 && bytes + size > PAGE_BYTES) {
      pages.push(page(stream, from, event.seq - 1, texts));
      [texts, bytes, from] = [[], 0, event.seq];
    }
    texts.push(text);
    bytes += size;
    if (i === events.length - 1) pages.push(page(stream, from, event.seq, texts));
  }
  return pages;
}

function page(stream: string, from: number, to: number, texts: readonly string[]): EventPage {
  const text = `[${texts.join(',')}]`;
  const events = Buffer.byteLength(text) >= GZIP_FROM_BYTES ? gzipSync(text) : text;
  return { pk: stream, sk: eventsKey(from), from, to, events };
}

/** Groups pages so that each group fits one transaction, in order. */
export function toTransactions(pages: readonly EventPage[]): EventPage[][] {
  const groups: EventPage[][] = [];
  let bytes = 0;
  for (const each of pages) {
    const size = typeof each.events === 'string' ? Buffer.byteLength(each.events) : each.events.byteLength;
    const group = groups.at(-1);
    if (!group || group.length >= TRANSACTION_PAGES || bytes + size > TRANSACTION_BYTES) {
      groups.push([each]);
      bytes = size;
    } else {
      group.push(each);
      bytes += size;
    }
  }
  return groups;
}

/** Where the stream ended when the page was its last. @throws RepriseError JOURNAL_CORRUPT */
export function headOf(page: Pick<EventPage, 'pk' | 'sk' | 'events'>): StreamHead {
  const { seq, hash } = eventsOf(page).at(-1) ?? EMPTY_HEAD;
  return { seq, hash };
}

/** @throws RepriseError JOURNAL_CORRUPT when the page cannot be read. */
export function eventsOf({ pk, sk, events }: Pick<EventPage, 'pk' | 'sk' | 'events'>): Recorded[] {
  try {
    const text = typeof events === 'string' ? events : gunzipSync(events).toString('utf8');
    return JSON.parse(text) as Recorded[];
  } catch (cause) {
    throw new RepriseError('JOURNAL_CORRUPT', `page ${sk} of ${pk} cannot be read`, { cause });
  }
}
