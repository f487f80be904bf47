import { readFileSync } from 'node:fs';
import { EMPTY_HEAD, type StreamHead } from '../../../core/journal/envelope';
import { present } from '../../../core/model/present';
import type { Listing } from '../../../core/projections/listing';
import { replaceFile } from './durable';
import { hasCode } from './has-code';

/** What `head.json` says: the journal reaches at least this far. */
export interface KnownHead extends StreamHead {
  /** What lists show of the stream. */
  readonly listing?: Listing;
}

/** Milliseconds between two writes of a head while a job runs. */
const EVERY_MS = 1_000;

/**
 * Keeps the head of a journal beside it, never ahead of it: what is noted must be durable in the journal already.
 * Written seldom and not synced, as it only bounds from below where the journal ends.
 */
export interface HeadKeeper {
  /** @param listing where it has changed. */
  readonly note: (head: StreamHead, listing?: Listing) => void;
  /** Writes what was noted last. */
  readonly flush: () => Promise<void>;
}

/**
 * @param listing as the head has it
 * @param isMade whether there is a journal beside which a head may stand
 */
export function createHeadKeeper(
  path: string,
  listing?: Listing,
  now: () => number = () => performance.now(),
  isMade: () => boolean = () => true,
): HeadKeeper {
  let shown = listing;
  let noted: KnownHead | undefined;
  let writtenAt = now();
  let writing: Promise<void> = Promise.resolve();

  function write(): void {
    const head = noted;
    if (!head) return;
    noted = undefined;
    writtenAt = now();
    writing = writing.then(() => replaceFile(path, `${JSON.stringify(head)}\n`, { durable: false }));
    // A head that could not be written is written later; the flush at the end reports it.
    writing.catch(() => {
      noted ??= head;
    });
  }

  return {
    note(head, listing) {
      shown = listing ?? shown;
      noted = { ...head, ...present({ listing: shown }) };
      if (isMade() && now() - writtenAt >= EVERY_MS) write();
    },
    async flush() {
      await writing.catch(() => undefined);
      writing = Promise.resolve();
      write();
      await writing;
    },
  };
}

/** `undefined` when there is none or it cannot be read; a loss of power may leave it empty, which says nothing. */
export async function readHead(path: string): Promise<KnownHead | undefined> {
  try {
    const text = readFileSync(path, 'utf8');
    if (text === '') return EMPTY_HEAD;
    const value = JSON.parse(text) as Partial<KnownHead> | null;
    if (!Number.isSafeInteger(value?.seq) || typeof value?.hash !== 'string') return undefined;
    return value as KnownHead;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
