import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { dayOf } from '../../../core/audit/streams';
import { RepriseError } from '../../../core/errors';
import type { AnchoredHead } from '../../../core/journal/anchor';
import type { StreamHead } from '../../../core/journal/envelope';
import {
  type Anchor,
  anchorLine,
  complaintAfter,
  type LastAnchor,
  lastOf,
  makeAnchor,
  NO_ANCHOR,
  parseAnchor,
  signerOfAnchor,
} from '../../archive/anchor-text';
import { signerOf } from '../../archive/signature';
import { makeDir, syncDir } from './durable';
import { entriesOf } from './entries';
import { cutTorn, headOnDisk } from './journal-file';
import { wholeLines } from './journal-lines';
import { showLate } from './late-requests';
import type { Layout } from './layout';
import { lockDirectory } from './lock';
import { PRIVATE_FILE } from './privacy';
import { directoryKey } from './signing-key';

/**
 * Anchors of a journal directory: one a line, in `anchors/<yyyy-mm>.jsonl`. Each covers the streams that have grown since the
 * one before, and names that one by its hash, so that together they cover all. A copy elsewhere is what they are for:
 * whoever can write here can write all of it anew.
 */

/** What of a change may be as old as the last anchor, milliseconds: clocks of file systems are coarse. */
const MARGIN_MS = 5_000;

/** @returns undefined where no stream has grown. @throws RepriseError JOB_LOCKED where another process is anchoring. */
export async function anchorDirectory(layout: Layout, at: number): Promise<Anchor | undefined> {
  await makeDir(layout.anchors);
  const lock = await lockDirectory(layout.anchors, ({ pid }) => {
    const message = `process ${pid} is anchoring ${layout.root}: wait until it has`;
    return new RepriseError('JOB_LOCKED', message, { context: { pid } });
  });
  try {
    const last = await lastAnchor(layout);
    const covered = new Map(last?.heads.map((head) => [head.stream, head.hash]));
    const since = last === undefined ? 0 : last.anchor.at - MARGIN_MS;
    const heads: AnchoredHead[] = [];
    for await (const head of headsOf(layout, since))
      if (covered.get(head.stream) !== head.hash) heads.push(head);
    if (heads.length === 0) return undefined;
    const sign = signerOf(await directoryKey(layout));
    const anchor = await makeAnchor(last ? lastOf(last) : NO_ANCHOR, heads, { sign, at });
    await append(layout, anchor);
    return anchor;
  } finally {
    lock.release();
  }
}

/** The streams of a directory, in the order of their places. */
export async function* streamsOf(layout: Layout): AsyncGenerator<string> {
  await showLate(layout);
  for (const [kind, place] of Object.entries(layout.places))
    for (const id of await entriesOf(place)) if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) yield `${kind}/${id}`;
}

/** Where streams end that were written since a time. */
async function* headsOf(layout: Layout, since: number): AsyncGenerator<AnchoredHead> {
  for await (const stream of streamsOf(layout)) {
    const { journal } = layout.stream(stream);
    const written = statSync(journal, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || written < since) continue;
    const head: StreamHead = await headOnDisk(journal, stream);
    if (head.seq > 0) yield { stream, ...head };
  }
}

async function lastAnchor(layout: Layout): Promise<Anchor | undefined> {
  const file = (await filesIn(layout.anchors)).at(-1);
  if (file === undefined) return undefined;
  let [text, number] = ['', 0];
  for await (const line of wholeLines(file)) ({ text, number } = line);
  if (number === 0) return undefined;
  const anchor = parseAnchor(text);
  if (typeof anchor !== 'string') return anchor;
  throw new RepriseError('JOURNAL_CORRUPT', `${file}: line ${number}: ${anchor}. It is left as it is`);
}

async function append(layout: Layout, anchor: Anchor): Promise<void> {
  const month = dayOf(anchor.anchor.at).slice(0, 'yyyy-mm'.length);
  const path = join(layout.anchors, `${month}.jsonl`);
  const file = await open(path, 'a+', PRIVATE_FILE);
  try {
    cutTorn(file.fd);
    await file.write(anchorLine(anchor));
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDir(layout.anchors);
}

const filesIn = async (dir: string): Promise<string[]> =>
  (await entriesOf(dir)).filter((name) => /\.jsonl?$/.test(name)).map((name) => join(dir, name));

/** Anchors, read and verified by themselves. */
export interface KnownAnchors {
  /** Of each stream, where it was anchored, in the order of the anchors. */
  readonly points: (stream: string) => readonly AnchoredAt[];
  readonly streams: () => Iterable<string>;
  /** The last one that covers a stream. */
  readonly covering: (stream: string) => Anchor | undefined;
  readonly count: number;
  /** When the last one was made, milliseconds since the epoch. */
  readonly at: number | undefined;
  /** Fingerprints of the keys that signed them. */
  readonly signedBy: readonly string[];
}

export interface AnchoredAt extends StreamHead {
  readonly anchor: number;
  readonly at: number;
  readonly signedBy: string;
}

/**
 * Reads a file of anchors, or all files of a directory in the order of their names.
 * @param keys fingerprints that signers may have; where there is none, any.
 * @throws RepriseError JOURNAL_CORRUPT that names the line
 */
export async function readAnchors(path: string, keys: readonly string[] = []): Promise<KnownAnchors> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new RepriseError('INPUT_INVALID', `cannot read ${path}: there are no anchors`);
  const places = new Map<string, AnchoredAt[]>();
  const latest = new Map<string, Anchor>();
  const signers = new Set<string>();
  let before: LastAnchor | undefined;
  let [count, at]: [number, number | undefined] = [0, undefined];
  for (const file of stat.isDirectory() ? await filesIn(path) : [path]) {
    for await (const { number, text } of wholeLines(file)) {
      const anchor = parseAnchor(text);
      const complaint = typeof anchor === 'string' ? anchor : complaintAfter(before, anchor);
      if (typeof anchor === 'string' || complaint !== undefined) throw wrong(file, number, complaint ?? '');
      const signedBy = signerOfAnchor(anchor);
      if (keys.length > 0 && !keys.includes(signedBy))
        throw wrong(file, number, `it is signed by ${signedBy}, not by ${keys.join(' or ')}`);
      signers.add(signedBy);
      for (const { stream, seq, hash } of anchor.heads) {
        const point = { seq, hash, anchor: anchor.anchor.number, at: anchor.anchor.at, signedBy };
        places.set(stream, [...(places.get(stream) ?? []), point]);
        latest.set(stream, anchor);
      }
      [before, count, at] = [lastOf(anchor), count + 1, anchor.anchor.at];
    }
  }
  return {
    points: (stream) => places.get(stream) ?? [],
    streams: () => places.keys(),
    covering: (stream) => latest.get(stream),
    ...{ count, at, signedBy: [...signers] },
  };
}

function wrong(file: string, line: number, complaint: string): RepriseError {
  return new RepriseError('JOURNAL_CORRUPT', `${file}: line ${line} is no anchor to rely on: ${complaint}`, {
    context: { file, line, reason: complaint },
  });
}
