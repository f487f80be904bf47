import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchoredIn, anchorLine, lastOf, makeAnchor } from '../../../../../lib/adapters/archive/anchor-text';
import { archiveOf } from '../../../../../lib/adapters/archive/archive-text';
import { exportOf } from '../../../../../lib/adapters/archive/export-text';
import { fingerprintOf, signatureOf, signerOf } from '../../../../../lib/adapters/archive/signature';
import { createArchives } from '../../../../../lib/adapters/embedded/cleanup/archives';
import { anchorDirectory, readAnchors } from '../../../../../lib/adapters/embedded/disk/anchors';
import {
  type StreamVerdict,
  verifyDirectory,
} from '../../../../../lib/adapters/embedded/disk/directory-check';
import { verifyExport } from '../../../../../lib/adapters/embedded/disk/export-check';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { directoryKey } from '../../../../../lib/adapters/embedded/disk/signing-key';
import {
  type DomainEvent,
  EMPTY_HEAD,
  type Recorded,
  record,
} from '../../../../../lib/core/journal/envelope';
import { formatLine } from '../../../../../lib/core/journal/line';
import { temporaryDir } from '../../../../support/e2e-files';

const cause = {
  ...{ at: 1_700_000_000_000, actor: { kind: 'user', id: 'ana' } as const, causeId: 'c' },
  ...{ correlationId: 'job/a', traceId: 't' },
};
const step = (n: number): DomainEvent => ({ type: 'node.completed', data: { nodeId: `n${n}` } });
const MONTH = '2023-11.jsonl';

async function write(layout: Layout, stream: string, events: number): Promise<readonly Recorded[]> {
  const store = createFileJournalStore(layout);
  const head = await store.head(stream);
  const added = record(
    stream,
    head,
    Array.from({ length: events }, (_, i) => step(head.seq + i)),
    cause,
  );
  await store.append(stream, head, added);
  await store.close();
  return added;
}

async function directory(streams: Readonly<Record<string, number>>) {
  const layout = layoutOf(join(temporaryDir(), '.reprise'));
  for (const [stream, events] of Object.entries(streams)) await write(layout, stream, events);
  return layout;
}

async function verdicts(layout: Layout, anchors = layout.anchors): Promise<StreamVerdict[]> {
  const all: StreamVerdict[] = [];
  for await (const verdict of verifyDirectory(layout, await readAnchors(anchors))) all.push(verdict);
  return all;
}
const failures = async (layout: Layout) => (await verdicts(layout)).filter(({ valid }) => !valid);

/** Written as a whole by somebody who has the key of the directory, and knows the format. */
function rewrite(layout: Layout, stream: string, events: readonly DomainEvent[]): void {
  const forged = record(stream, EMPTY_HEAD, events, cause);
  const files = layout.stream(stream);
  writeFileSync(files.journal, forged.map(formatLine).join(''));
  const { seq, hash } = forged.at(-1) as Recorded;
  writeFileSync(files.head, `${JSON.stringify({ seq, hash })}\n`);
}

describe('anchors of a directory', () => {
  it('cover every kind of stream, then those that have grown, and nothing where none has', async () => {
    const layout = await directory({
      ...{ 'job/a': 3, 'trigger/t': 1, 'dependency/d': 1, 'letter/l': 2, 'cleanup/2026-11': 1 },
      ...{ 'audit/2026-11-29': 2, 'config/main': 1, 'target/team': 1 },
    });
    const first = await anchorDirectory(layout, cause.at);
    expect(first?.heads.map(({ stream, seq }) => `${stream} ${seq}`)).toEqual([
      ...[
        'audit/2026-11-29 2',
        'cleanup/2026-11 1',
        'config/main 1',
        'dependency/d 1',
        'job/a 3',
        'letter/l 2',
        'target/team 1',
        'trigger/t 1',
      ],
    ]);
    expect(await anchorDirectory(layout, cause.at + 1)).toBeUndefined();
    await write(layout, 'job/a', 2);
    await write(layout, 'job/b', 1);
    const second = await anchorDirectory(layout, cause.at + 2);
    expect(second?.heads.map(({ stream, seq }) => `${stream} ${seq}`)).toEqual(['job/a 5', 'job/b 1']);
    expect(second?.anchor).toMatchObject({ number: 2, previous: lastOf(first as never).hash });
    expect(await failures(layout)).toEqual([]);
    expect(statSync(join(layout.archive, 'signing-key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(layout.anchors, MONTH)).mode & 0o777).toBe(0o600);
  });

  it('find a journal that was written anew, as a whole, by somebody with its key', async () => {
    const layout = await directory({ 'job/a': 3, 'job/b': 1 });
    await anchorDirectory(layout, cause.at);
    await write(layout, 'job/a', 3);
    await anchorDirectory(layout, cause.at + 1);
    const events = Array.from({ length: 6 }, (_, i) => step(i));
    rewrite(layout, 'job/a', events.with(4, step(99)));
    expect(await failures(layout)).toMatchObject([
      { stream: 'job/a', at: 6, reason: expect.stringContaining('since event 4') },
    ]);
    rewrite(layout, 'job/a', events.with(0, step(99)));
    expect(await failures(layout)).toMatchObject([{ stream: 'job/a', at: 3 }]);
  });

  it('find a journal that was cut, head and all, and one that is gone', async () => {
    const layout = await directory({ 'job/a': 3, 'job/b': 2 });
    await anchorDirectory(layout, cause.at);
    rewrite(layout, 'job/a', [step(0), step(1)]);
    rmSync(layout.job('b'), { recursive: true });
    expect(await failures(layout)).toMatchObject([
      { stream: 'job/a', at: 3, reason: 'the journal ends at 2, anchor 1 names 3' },
      { stream: 'job/b', at: 1, kept: 'nowhere' },
    ]);
  });

  it('cover an archive, in which a journal that is gone has to be as it was', async () => {
    const layout = await directory({ 'job/a': 3, 'job/b': 1 });
    await anchorDirectory(layout, cause.at);
    const journal = createFileJournalStore(layout);
    const ended = { endedAt: cause.at, now: cause.at };
    const events = () => journal.written('job/a');
    const stream = 'job/a';
    const { archive } = await createArchives(layout).keep({
      stream,
      head: await journal.head(stream),
      events,
      ...ended,
    });
    rmSync(layout.job('a'), { recursive: true });
    expect(await verdicts(layout)).toMatchObject([
      { stream: 'job/b', valid: true, kept: 'journal' },
      { stream: 'job/a', valid: true, kept: 'archive', anchored: 3 },
    ]);
    // Another archive in its place, of events that were made up, signed with the key of the directory.
    const forged = record(stream, EMPTY_HEAD, [step(0), step(99), step(2)], cause);
    async function* all() {
      yield* forged;
    }
    const { seq, hash } = forged.at(-1) as Recorded;
    const key = await directoryKey(layout);
    const { bytes } = await archiveOf(stream, all(), { head: { seq, hash }, key, at: 1 });
    writeFileSync(join(layout.root, archive), bytes);
    expect(await failures(layout)).toMatchObject([{ stream: 'job/a', at: 3, kept: 'archive' }]);
  });

  it('do not verify once one of them was changed, cut from between or is of another key', async () => {
    const layout = await directory({ 'job/a': 1 });
    for (let i = 0; i < 3; i++) {
      await anchorDirectory(layout, cause.at + i);
      await write(layout, 'job/a', 1);
    }
    const file = join(layout.anchors, MONTH);
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, 3);
    const copy = join(temporaryDir(), 'anchors.jsonl');
    const complaint = async (changed: readonly string[], keys?: string[]) => {
      writeFileSync(copy, changed.map((line) => `${line}\n`).join(''));
      return readAnchors(copy, keys).then(
        () => undefined,
        ({ context }) => [context.line, context.reason],
      );
    };
    const [first = '', second = '', third = ''] = lines;
    expect(await complaint(lines)).toBeUndefined();
    expect(await complaint([first, third])).toEqual([2, 'it is number 3, and 2 was expected']);
    expect(await complaint([first, second.replace(/"seq",?|job\/a/, 'job/x'), third])).toEqual([
      ...[2, 'its root is not that of its heads'],
    ]);
    expect(await complaint([first, second.replace('"number":2', '"number":3'), third])).toEqual([
      ...[2, 'its signature does not match it'],
    ]);
    expect(await complaint(['{}'])).toEqual([1, 'it is no anchor']);
    expect(await complaint(['x'])).toEqual([1, 'it is not JSON']);
    expect(await complaint(lines, ['f'.repeat(64)])).toEqual([1, expect.stringContaining('it is signed by')]);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = await makeAnchor({ number: 1, hash: 'e'.repeat(64) }, [], {
      sign: signerOf(privateKey),
      at: 1,
    });
    expect(await complaint([first, anchorLine(other).trim()])).toEqual([
      ...[2, 'it does not follow the one before it'],
    ]);
  });

  it('are made by one process at a time, and after one that died', async () => {
    const layout = await directory({ 'job/a': 1 });
    await anchorDirectory(layout, cause.at);
    await write(layout, 'job/a', 1);
    const both = await Promise.allSettled([1, 2].map((i) => anchorDirectory(layout, cause.at + i)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    appendFileSync(join(layout.anchors, MONTH), '{"anchor":');
    await write(layout, 'job/a', 1);
    expect((await anchorDirectory(layout, cause.at + 5))?.anchor.number).toBe(3);
    expect((await readAnchors(layout.anchors)).count).toBe(3);
  });
});

describe('an export that was anchored', () => {
  async function anchoredExport(anchoredAfter: number, total: number) {
    const layout = await directory({ 'job/a': anchoredAfter, 'job/b': 1, 'trigger/t': 1 });
    const anchor = await anchorDirectory(layout, cause.at);
    if (total > anchoredAfter) await write(layout, 'job/a', total - anchoredAfter);
    const key = await directoryKey(layout);
    const journal = createFileJournalStore(layout);
    const anchored = anchor && anchoredIn(anchor, 'job/a');
    const path = join(temporaryDir(), 'export.jsonl');
    const lines: string[] = [];
    for await (const line of exportOf('job/a', journal.written('job/a'), {
      format: 'jsonl',
      key,
      at: 5,
      anchored,
    }))
      lines.push(line);
    writeFileSync(path, lines.join(''));
    return {
      layout,
      path,
      key,
      anchored,
      lines,
      fingerprint: fingerprintOf(signatureOf(Buffer.alloc(0), key)),
    };
  }

  it('proves by itself up to which event, and names no other stream', async () => {
    const { path, fingerprint, lines } = await anchoredExport(2, 3);
    expect(await verifyExport(path, { keys: [fingerprint] })).toEqual({
      ...{ valid: true, events: 3, signedBy: fingerprint },
      anchored: { seq: 2, anchor: 1, at: cause.at, signedBy: fingerprint },
    });
    expect(lines.join('')).not.toContain('trigger/t');
  });

  it('is found out where it was written anew and signed with the same key', async () => {
    const { path, key, anchored, layout } = await anchoredExport(3, 3);
    const copy = join(temporaryDir(), 'anchors');
    cpSync(layout.anchors, copy, { recursive: true });
    const forged = record('job/a', EMPTY_HEAD, [step(0), step(99), step(2)], cause);
    async function* all() {
      yield* forged;
    }
    const forge = async (proof: typeof anchored) => {
      let text = '';
      for await (const line of exportOf('job/a', all(), { format: 'jsonl', key, at: 5, anchored: proof }))
        text += line;
      writeFileSync(path, text);
    };
    await forge(anchored);
    expect(await verifyExport(path)).toMatchObject({ valid: false, at: 3 });
    // Without its proof the file alone says nothing: the anchors do.
    await forge(undefined);
    expect(await verifyExport(path)).toMatchObject({ valid: true });
    expect(await verifyExport(path, { anchors: await readAnchors(copy) })).toMatchObject({
      valid: false,
      at: 3,
    });
  });
});
