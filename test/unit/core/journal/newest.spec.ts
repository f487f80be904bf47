import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { EMPTY_HEAD, hashEvent, type Recorded, record } from '../../../../lib/core/journal/envelope';
import { formatLine, parseLine } from '../../../../lib/core/journal/line';
import { newest } from '../../../../lib/core/journal/newest';
import { UPCASTS, type Upcasts, versionOf } from '../../../../lib/core/journal/upcasts';
import { verifyChain } from '../../../../lib/core/journal/verify';

const cause = {
  at: 1_700_000_000_000,
  actor: { kind: 'user', id: 'ana' },
  causeId: 'request-1',
  correlationId: 'thing/t',
  traceId: 'trace-1',
} as const;

/** A thing that was named by one word, then by a list of them, and then by a list and its length. */
const things: Upcasts = {
  thing: {
    'thing.named': [
      ({ name, ...rest }) => ({ ...rest, names: [name] }),
      (data) => ({ ...data, count: (data['names'] as string[]).length }),
    ],
  },
};

const written = (data: object, v?: number): Recorded => {
  const [event] = record('thing/t', EMPTY_HEAD, [{ type: 'thing.named', data }], cause);
  const bare = { ...(event as Recorded), ...(v === undefined ? {} : { v }) };
  return { ...bare, hash: hashEvent(bare) };
};

describe('an event of the journal', () => {
  it('of the first version is read in its newest shape', () => {
    const read = newest(written({ name: 'a', colour: 'red' }), things);
    expect([read.v, read.data]).toEqual([3, { names: ['a'], colour: 'red', count: 1 }]);
  });

  it('of a version between is made newer from there on', () => {
    expect(newest(written({ names: ['a', 'b'] }, 2), things).data).toEqual({ names: ['a', 'b'], count: 2 });
  });

  it('keeps its place, its cause and the hash of what was written', () => {
    const event = written({ name: 'a' });
    const { v: _, data: __, ...entry } = newest(event, things);
    const { data: ___, ...before } = event;
    expect(entry).toEqual(before);
  });

  it('in its newest shape, or of a type that has had one shape only, is given back as it is', () => {
    const event = written({ names: ['a'], count: 1 }, 3);
    expect(newest(event, things)).toBe(event);
    expect(newest(newest(written({ name: 'a' }), things), things)).toEqual(
      newest(written({ name: 'a' }), things),
    );
    const other = { ...event, type: 'toString', v: 1 };
    expect(newest(other, things)).toBe(other);
  });

  it('does not change what it was made of', () => {
    const event = written({ name: 'a' });
    const before = structuredClone(event);
    newest(event, things);
    expect(event).toEqual(before);
  });

  it('of a later version is refused, with what to do', () => {
    expect(() => newest(written({}, 4), things)).toThrow(
      'event 1 of thing/t is a thing.named of version 4, and this version of Reprise knows it up to 3: update Reprise',
    );
  });
});

describe('the version of an event', () => {
  it('is written where it is not the first, and covered by the hash', async () => {
    jest.replaceProperty(UPCASTS as { job: Upcasts[string] }, 'job', {
      'node.entered': [(data) => ({ ...data, run: 1 })],
    });
    const [event, other] = record(
      'job/j',
      EMPTY_HEAD,
      [
        { type: 'node.entered', data: {} },
        { type: 'job.admitted', data: {} },
      ],
      cause,
    ) as [Recorded, Recorded];
    expect([event.v, other.v]).toEqual([2, undefined]);
    expect(await verifyChain([event, other], 'job/j')).toEqual({ valid: true, events: 2 });
    const { v: _, ...without } = event;
    for (const forged of [without, { ...event, v: 3 }])
      expect(await verifyChain([forged, other], 'job/j')).toMatchObject({ valid: false, at: 1 });
    jest.restoreAllMocks();
    expect(versionOf('job/j', 'node.entered')).toBe(1);
  });

  it('stands in its line, and nothing else does that says the same', () => {
    const line = (event: object) => ({ number: 1, text: JSON.stringify(event) });
    const event = written({ names: ['a'] }, 2);
    const text = formatLine(event).trimEnd();
    expect(parseLine({ number: 1, text }, 'thing/t')).toEqual(event);
    expect(formatLine(written({ name: 'a' }))).not.toContain('"v"');
    const { stream, seq, at, type, v: _, ...rest } = event;
    for (const v of [1, 0, 1.5, '2', null])
      expect(() => parseLine(line({ stream, seq, at, type, v, ...rest }), 'thing/t')).toThrow(
        'the line is not an event as the journal writes it',
      );
    expect(() => parseLine(line({ v: 2, stream, seq, at, type, ...rest }), 'thing/t')).toThrow(
      'not an event',
    );
  });
});

describe('a journal', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('that stood before a shape changed is read in the new one, verified as it was written, and goes on', async () => {
    const journal = createMemoryJournalStore();
    const [old] = record('job/j', EMPTY_HEAD, [{ type: 'node.entered', data: { node: 'a' } }], cause);
    await journal.append('job/j', EMPTY_HEAD, [old as Recorded]);
    jest.replaceProperty(UPCASTS as { job: Upcasts[string] }, 'job', {
      'node.entered': [({ node, ...data }) => ({ ...data, nodeId: node })],
    });
    const head = await journal.head('job/j');
    const [next] = record('job/j', head, [{ type: 'node.entered', data: { nodeId: 'b' } }], cause);
    await journal.append('job/j', head, [next as Recorded]);
    expect(await verifyChain(journal.written('job/j'), 'job/j')).toEqual({ valid: true, events: 2 });
    const read: unknown[] = [];
    for await (const { v, data } of journal.read('job/j')) read.push([v, data]);
    expect(read).toEqual([
      [2, { nodeId: 'a' }],
      [2, { nodeId: 'b' }],
    ]);
  });
});
