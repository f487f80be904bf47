import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { createFileTraceIndex } from '../../../../../lib/adapters/embedded/disk/trace-index';
import { EMPTY_HEAD, record } from '../../../../../lib/core/journal/envelope';
import { traceOfJob } from '../../../../../lib/core/model/trace';

const dir = mkdtempSync(join(tmpdir(), 'reprise-traces-'));
const layout = layoutOf(dir);
const { places } = createFileTraceIndex(createFileJournalStore(layout));
const UUID = '0af76519-16cd-43dd-8448-eb211c80319c';
afterAll(() => rmSync(dir, { recursive: true }));

async function append(stream: string, traceId: string, calls: readonly string[]) {
  const store = createFileJournalStore(layout);
  let head = EMPTY_HEAD;
  for (const correlationId of calls) {
    const actor = { kind: 'user', id: 'ana' } as const;
    const cause = { at: 1, actor, causeId: 'c', correlationId, traceId };
    const [event] = record(stream, head, [{ type: 'trigger.paused', data: { reason: 'call-9' } }], cause);
    if (!event) throw new Error('no event');
    await store.append(stream, head, [event]);
    head = event;
  }
  await store.close();
}

beforeAll(async () => {
  await append('job/j1', UUID, ['call-1', 'job/j1', 'call-2']);
  await append('job/j2', 'ci-4711', ['job/j2']);
  await append('trigger/t1', UUID, ['trigger/t1', 'call-2']);
});

describe('ids in the journals of a machine', () => {
  it('lead to the jobs of a trace, in whatever form it is named', async () => {
    const found = [{ stream: 'job/j1', seq: 1 }];
    expect(await places(UUID)).toEqual(found);
    expect(await places(UUID.replaceAll('-', ''))).toEqual(found);
    expect(await places('1-0af76519-16cd43dd8448eb211c80319c')).toEqual(found);
  });

  it('lead to a job by the trace that is made for it', async () => {
    const found = [{ stream: 'job/j2', seq: 1 }];
    expect(await places('ci-4711')).toEqual(found);
    expect(await places(traceOfJob('ci-4711', 'j2').traceId)).toEqual(found);
  });

  it('lead to the first event that a call caused, in each stream', async () => {
    expect(await places('call-2')).toEqual([
      { stream: 'job/j1', seq: 3 },
      { stream: 'trigger/t1', seq: 2 },
    ]);
  });

  it('are read once, and again of a journal that has grown', async () => {
    await append('job/j3', 'ci-4712', ['call-3']);
    const store = createFileJournalStore(layout);
    const read: string[] = [];
    const index = createFileTraceIndex({
      marks: store.marks,
      written(stream) {
        read.push(stream);
        return store.written(stream);
      },
    });
    const found = [{ stream: 'job/j3', seq: 1 }];
    expect(await index.places('call-3')).toEqual(found);
    expect(read).toEqual(['job/j1', 'job/j2', 'job/j3', 'trigger/t1']);
    read.splice(0);
    expect(await index.places('ci-4712')).toEqual(found);
    expect(read).toEqual([]);
    await append('job/j4', 'ci-4712', ['call-3']);
    expect(await index.places('call-3')).toEqual([...found, { stream: 'job/j4', seq: 1 }]);
    expect(read).toEqual(['job/j4']);
  });

  it('lead nowhere where nothing carries them, whatever events say', async () => {
    expect(await places('call-9')).toEqual([]);
    expect(
      await createFileTraceIndex(createFileJournalStore(layoutOf(join(dir, 'none')))).places(UUID),
    ).toEqual([]);
  });
});
