import { type Point, upTo } from '../../../../lib/core/journal/point';

/** The clock of the process that wrote the third event was behind. */
const events = [
  { seq: 1, at: 1_000 },
  { seq: 2, at: 2_000 },
  { seq: 3, at: 1_500 },
  { seq: 4, at: 3_000 },
];

async function seqsUpTo(point: Point): Promise<number[]> {
  async function* all() {
    yield* events;
  }
  const seqs: number[] = [];
  for await (const { seq } of upTo(all(), point)) seqs.push(seq);
  return seqs;
}

describe('the events of a stream up to', () => {
  it.each<[string, Point, number[]]>([
    ['an event are it and those before', { seq: 3 }, [1, 2, 3]],
    ['an event that is not there yet are all', { seq: 9 }, [1, 2, 3, 4]],
    ['a time are those that had happened then, to the millisecond', { at: 2_999 }, [1, 2, 3]],
    ['the very time of an event hold it', { at: 3_000 }, [1, 2, 3, 4]],
    ['a time before the first are none', { at: 999 }, []],
    ['a time end before the first later one, whatever a clock said after it', { at: 1_500 }, [1]],
  ])('%s', async (_, point, seqs) => {
    expect(await seqsUpTo(point)).toEqual(seqs);
  });
});
