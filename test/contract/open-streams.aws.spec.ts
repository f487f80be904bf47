import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createOpenStreams, type Progress } from '../../lib/adapters/aws/table/open-streams';
import { readPageMarks } from '../../lib/adapters/aws/table/page-marks';
import { SYSTEM } from '../../lib/adapters/system';
import { EMPTY_HEAD } from '../../lib/core/journal/envelope';
import type { JobStatus } from '../../lib/core/model/outcome';
import type { JobListing, TriggerListing } from '../../lib/core/projections/listing';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { headOf, recordedEvents } from '../support/recorded';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function world() {
  const { client, tableName } = await createTable(cloud);
  const streams = createOpenStreams(client, tableName);
  const journal = createDynamoJournalStore(client, tableName, SYSTEM);
  return {
    ...{ streams, journal },
    marks: (pages: Readonly<Record<string, number>>) =>
      readPageMarks(client, tableName, new Map(Object.entries(pages))),
    async open(): Promise<Progress[]> {
      const all: Progress[] = [];
      for await (const page of streams.pages()) all.push(...page);
      return all.sort((a, b) => a.stream.localeCompare(b.stream));
    },
  };
}

const job = (status: JobStatus): JobListing => ({
  ...{ kind: 'job', owner: 'ana', name: 'shop', priority: 'normal', submittedAt: 1, status },
});
const trigger = (status: TriggerListing['status']): TriggerListing => ({
  ...{ kind: 'trigger', owner: 'ana', name: 'nightly', status },
  source: { kind: 'event', pattern: { source: ['x'] } },
});

describe('streams that may have effects to perform', () => {
  it('are listed with their head and their mark, from their first event until they are over and closed', async () => {
    const { streams, journal, open } = await world();
    const first = recordedEvents('job/a', [{}, {}, {}]);
    await journal.append('job/a', EMPTY_HEAD, first, job('submitted'));
    await journal.append('trigger/t', EMPTY_HEAD, recordedEvents('trigger/t', [{}]), trigger('active'));
    await journal.confirm('job/a', 1, 2);
    const [a, t] = await open();
    expect([a, t]).toEqual([
      { stream: 'job/a', seq: 3, at: 1_700_000_000_000, confirmed: 2, isOver: false },
      { stream: 'trigger/t', seq: 1, at: 1_700_000_000_000, confirmed: 0, isOver: false },
    ]);

    const last = recordedEvents('job/a', [{}], { head: headOf(first) });
    await journal.append('job/a', headOf(first), last, job('failed'));
    await journal.confirm('job/a', 3, 4);
    const [over] = await open();
    expect(over).toEqual({ stream: 'job/a', seq: 4, at: 1_700_000_000_000, confirmed: 4, isOver: true });
    await streams.close(over as Progress, 1);
    expect((await open()).map(({ stream }) => stream)).toEqual(['trigger/t']);

    const again = recordedEvents('job/a', [{}], { head: headOf(last) });
    await journal.append('job/a', headOf(last), again, job('running'));
    expect((await open()).map(({ stream }) => stream)).toEqual(['job/a', 'trigger/t']);
  });

  it('are not closed when they went on since they were looked at', async () => {
    const { streams, journal, open } = await world();
    const first = recordedEvents('job/a', [{}]);
    await journal.append('job/a', EMPTY_HEAD, first, job('submitted'));
    await journal.append('job/a', headOf(first), recordedEvents('job/a', [{}], { head: headOf(first) }));
    await streams.close({ stream: 'job/a', seq: 1, at: 1_700_000_000_000, confirmed: 1, isOver: true }, 1);
    expect(await open()).toHaveLength(1);
  });

  it('are found where they are many, and nothing is made up of those that do not exist', async () => {
    const { streams, journal, open } = await world();
    const names = Array.from({ length: 70 }, (_, i) => `job/j${i}`);
    for (const name of names)
      await journal.append(name, EMPTY_HEAD, recordedEvents(name, [{}]), job('running'));
    expect(new Set((await open()).map(({ stream }) => stream))).toEqual(new Set(names));
    expect(await streams.progress(['pool/none'])).toEqual([
      { stream: 'pool/none', seq: 0, at: 0, confirmed: 0, isOver: false },
    ]);
  });
});

describe('the marks of pages', () => {
  it('say of many streams at once where a page ends and how far effects are performed', async () => {
    const { journal, marks } = await world();
    const names = Array.from({ length: 70 }, (_, i) => `job/${i}`);
    for (const name of names) await journal.append(name, EMPTY_HEAD, recordedEvents(name, [{}, {}, {}]));
    await journal.confirm('job/1', 1, 3);
    const some = await marks({ ...Object.fromEntries(names.map((name) => [name, 1])), 'job/none': 1 });
    expect(some.size).toBe(70);
    expect(some.get('job/0')).toEqual({ to: 3, confirmed: 0 });
    expect(some.get('job/1')).toEqual({ to: 3, confirmed: 3 });
    expect(some.get('job/69')).toEqual({ to: 3, confirmed: 0 });

    const first = recordedEvents('job/two', [{}]);
    await journal.append('job/two', EMPTY_HEAD, first);
    await journal.append(
      'job/two',
      headOf(first),
      recordedEvents('job/two', [{}, {}], { head: headOf(first) }),
    );
    await journal.confirm('job/two', 1, 1);
    expect([...(await marks({ 'job/two': 2 }))]).toEqual([['job/two', { to: 3, confirmed: 1 }]]);
    expect((await marks({})).size).toBe(0);
  });
});
