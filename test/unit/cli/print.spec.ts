import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPrinted, print, printList } from '../../../lib/cli/print';
import { RepriseError } from '../../../lib/core/errors';

/** What is no document on a line of its own, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  'events.ts': 'a schema is printed as the file that it is',
};

describe('what a command answers', () => {
  const printed: string[] = [];
  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  });
  afterEach(() => {
    printed.splice(0);
    jest.restoreAllMocks();
  });

  it('is one document with --json, and is not rendered then', () => {
    print({ json: true }, { a: 1 }, () => {
      throw new Error('nobody reads it');
    });
    expect(printed).toEqual(['{"a":1}\n']);
  });

  it('is else what people read', () => {
    print({}, { a: 1 }, ({ a }) => `a is ${a}\n`);
    expect(printed).toEqual(['a is 1\n']);
  });

  async function* until(error: Error | undefined, ...items: number[]) {
    yield* items;
    if (error) throw error;
  }
  const lost = () => new RepriseError('JOB_NOT_FOUND', 'no job j');

  it.each([[[]], [[1]], [[1, 2]]])('is one document of a list as it comes: %j', async (items) => {
    await printList({ stream: 's' }, 'events', until(undefined, ...items));
    expect(JSON.parse(printed.join(''))).toEqual({ stream: 's', events: items });
  });

  it('is nothing where the error comes before the list, so that the error is the document', async () => {
    const error = lost();
    await expect(printList({ stream: 's' }, 'events', until(error))).rejects.toBe(error);
    expect([printed, isPrinted(error)]).toEqual([[], false]);
  });

  it.each([
    [lost(), { code: 'JOB_NOT_FOUND', message: 'no job j' }],
    [new Error('torn'), { code: 'INTERNAL', message: 'Error: torn' }],
  ])('is one document where the list ends with an error: %s', async (error, document) => {
    await expect(printList({ stream: 's' }, 'events', until(error, 1))).rejects.toBe(error);
    expect(JSON.parse(printed.join(''))).toEqual({ stream: 's', events: [1], error: document });
    expect(isPrinted(error)).toBe(true);
  });

  it('is printed in one way by all commands', () => {
    const dir = 'lib/cli';
    const byHand = readdirSync(dir)
      .filter((file) => file.endsWith('.ts') && file !== 'print.ts')
      .filter((file) => /stdout\.write\([^;]*JSON\.stringify/.test(readFileSync(join(dir, file), 'utf8')));
    expect(byHand.sort()).toEqual(Object.keys(OTHERS).sort());
  });
});
