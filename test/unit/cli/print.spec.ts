import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from '../../../lib/cli/print';

/** What is no document on a line of its own, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  'journal.ts': 'one document is written piece by piece: a journal has any length',
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

  it('is printed in one way by all commands', () => {
    const dir = 'lib/cli';
    const byHand = readdirSync(dir)
      .filter((file) => file.endsWith('.ts') && file !== 'print.ts')
      .filter((file) => /stdout\.write\([^;]*JSON\.stringify/.test(readFileSync(join(dir, file), 'utf8')));
    expect(byHand.sort()).toEqual(Object.keys(OTHERS).sort());
  });
});
