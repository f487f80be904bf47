import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { verifyJob } from '../../../../../lib/adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { EMPTY_HEAD, type Recorded } from '../../../../../lib/core/journal/envelope';
import { verifyChain } from '../../../../../lib/core/journal/verify';
import { all, eventsAfter, headAfter, STREAM } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';
import { seededRandom } from '../../../../support/graphs';

const JOB = 'j1';

async function written(count: number): Promise<{ layout: Layout; events: Recorded[]; path: string }> {
  const layout = layoutOf(temporaryDir());
  const store = createFileJournalStore(layout);
  const events = eventsAfter(EMPTY_HEAD, count);
  await store.append(STREAM, EMPTY_HEAD, events);
  await store.close();
  return { layout, events, path: layout.journal(JOB) };
}

describe('a journal file', () => {
  it('holds one event a line', async () => {
    const { path, events } = await written(3);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(events);
  });

  it('drops a last line that a crash cut short, wherever it was cut', async () => {
    const { layout, events, path } = await written(2);
    const [next] = eventsAfter(headAfter(events), 1);
    const line = `${JSON.stringify(next)}\n`;
    const whole = readFileSync(path);
    for (let length = 0; length < line.length; length += 7) {
      writeFileSync(path, whole);
      appendFileSync(path, line.slice(0, length));
      const store = createFileJournalStore(layout);
      expect(await all(store)).toEqual(events);
      await store.append(STREAM, headAfter(events), [next as Recorded]);
      expect(await all(store)).toEqual([...events, next]);
      await store.close();
    }
  });

  it('keeps whole lines of a batch that was cut short', async () => {
    const { layout, events, path } = await written(2);
    const more = eventsAfter(headAfter(events), 3);
    appendFileSync(path, more.map((event) => JSON.stringify(event)).join('\n'));
    const store = createFileJournalStore(layout);
    await store.own(JOB);
    expect(await store.head(STREAM)).toEqual(headAfter(more.slice(0, 2)));
    await store.close();
  });

  it('finds its end when the last line is longer than a read', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout);
    const [event] = eventsAfter(EMPTY_HEAD, 1);
    const long = { ...(event as Recorded), data: { text: 'x'.repeat(900_000) } };
    await store.append(STREAM, EMPTY_HEAD, [long]);
    await store.close();
    const again = createFileJournalStore(layout);
    await again.own(JOB);
    expect(await again.head(STREAM)).toEqual({ seq: 1, hash: long.hash });
    await again.close();
  });

  it.each([
    ['is not JSON', (line: string) => line.replace('{', '[')],
    ['holds a field more', (line: string) => line.replace('{', '{"extra":1,')],
    ['holds a space more', (line: string) => line.replace('{', '{ ')],
    ['is empty', () => ''],
    ['has another sequence', (line: string) => line.replace('"seq":2', '"seq":3')],
    ['belongs to another stream', (line: string) => line.replace('job/j1', 'job/j9')],
    ['is chained to something else', (line: string) => line.replace(/"prev":"./, '"prev":"g')],
  ])('is corrupt, by the number of the event, when a line in its middle %s', async (_, spoil) => {
    const { layout, path } = await written(4);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[1] = spoil(lines[1] as string);
    writeFileSync(path, lines.join('\n'));
    await expect(all(createFileJournalStore(layout))).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      context: { seq: 2 },
      message: expect.stringContaining('event 2'),
    });
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false, at: 2 });
  });

  it('is corrupt when its last whole line is no event, and is left as it is', async () => {
    const { layout, path } = await written(3);
    const text = readFileSync(path, 'utf8');
    const spoilt = `${text}{"seq":4}\n`;
    writeFileSync(path, spoilt);
    await expect(createFileJournalStore(layout).own(JOB)).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      context: { seq: 4 },
    });
    expect(readFileSync(path, 'utf8')).toBe(spoilt);
    expect(readdirSync(layout.job(JOB)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});

describe('verification of a journal file', () => {
  it('accepts what was written, and a torn line after it', async () => {
    const { layout, path } = await written(3);
    expect(await verifyJob(layout, JOB)).toEqual({ valid: true, events: 3 });
    appendFileSync(path, '{"stream":"job/j1","se');
    expect(await verifyJob(layout, JOB)).toEqual({ valid: true, events: 3 });
  });

  it('detects any byte that was changed', async () => {
    const { layout, path } = await written(3);
    const whole = readFileSync(path);
    const random = seededRandom(11);
    for (let round = 0; round < 300; round++) {
      const at = Math.floor(random() * whole.length);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 + Math.floor(random() * 255));
      writeFileSync(path, changed);
      expect({ at, ...(await verifyJob(layout, JOB)) }).toMatchObject({ valid: false });
    }
  });

  it('detects an event that was taken out, put in again or moved', async () => {
    const { layout, path } = await written(4);
    const [a, b, c, d] = readFileSync(path, 'utf8').split('\n') as [string, string, string, string];
    for (const [lines, at] of [
      [[a, c, d], 2],
      [[a, b, b, c, d], 3],
      [[a, c, b, d], 2],
      [[b, c, d], 1],
    ] as const) {
      writeFileSync(path, `${lines.join('\n')}\n`);
      expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false, at });
    }
  });

  it('detects a tail that was cut, by event or by byte', async () => {
    const { layout, path } = await written(4);
    const size = statSync(path).size;
    truncateSync(path, size - 1);
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false, at: 4 });
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false, at: 3 });
    writeFileSync(path, '');
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false });
    rmSync(path);
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false });
  });

  it('detects a chain that was forged from some event on', async () => {
    const { layout, path, events } = await written(4);
    // Sound in itself: only the head beside it knows how it ended.
    const forged = [...events.slice(0, 2), ...eventsAfter({ seq: 2, hash: (events[1] as Recorded).hash }, 2)];
    writeFileSync(path, `${forged.map((event) => JSON.stringify(event)).join('\n')}\n`);
    expect(await verifyChain(forged, STREAM)).toMatchObject({ valid: true });
    expect(await verifyJob(layout, JOB)).toMatchObject({ valid: false, at: 4 });
  });

  it('asks for the head', async () => {
    const { layout } = await written(1);
    rmSync(layout.head(JOB));
    expect(await verifyJob(layout, JOB)).toMatchObject({
      valid: false,
      reason: expect.stringContaining('head.json'),
    });
  });

  it('does not know a job that is not there', async () => {
    await expect(verifyJob(layoutOf(temporaryDir()), JOB)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});

describe('the head beside a journal', () => {
  it('is there before the journal is, and names the end once the store is closed', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout);
    await store.own(JOB);
    expect(JSON.parse(readFileSync(layout.head(JOB), 'utf8'))).toEqual(EMPTY_HEAD);
    const events = eventsAfter(EMPTY_HEAD, 3);
    const shown = { owner: 'ana', name: 'n', status: 'running', priority: 'normal', submittedAt: 5 } as const;
    const listing = { kind: 'job', ...shown } as const;
    await store.append(STREAM, EMPTY_HEAD, events, listing);
    await store.close();
    expect(JSON.parse(readFileSync(layout.head(JOB), 'utf8'))).toEqual({ ...headAfter(events), listing });
    expect(existsSync(layout.journal(JOB))).toBe(true);
  });

  it('keeps what lists show where later events do not change it, also in another process', async () => {
    const layout = layoutOf(temporaryDir());
    const shown = { owner: 'ana', name: 'n', status: 'running', priority: 'normal', submittedAt: 5 } as const;
    const listing = { kind: 'job', ...shown } as const;
    const kept = () => JSON.parse(readFileSync(layout.head(JOB), 'utf8')) as unknown;
    let head = EMPTY_HEAD;
    for (const listings of [[listing, undefined], [undefined]]) {
      const store = createFileJournalStore(layout);
      for (const one of listings) {
        const events = eventsAfter(head, 1);
        await store.append(STREAM, head, events, one);
        head = headAfter(events);
      }
      await store.close();
      expect(kept()).toEqual({ ...head, listing });
    }
    const store = createFileJournalStore(layout);
    const [last] = eventsAfter(head, 1);
    await store.append(STREAM, head, [last as Recorded], { ...listing, status: 'failed' });
    await store.close();
    expect(kept()).toMatchObject({ seq: 4, listing: { ...shown, status: 'failed' } });
  });
});
