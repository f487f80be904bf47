import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readOutputs } from '../../../lib/adapters/embedded/process/outputs';
import { judge } from '../../../lib/core/dag/condition/evaluate';
import { isVariableText } from '../../../lib/core/model/json-value';

const dir = mkdtempSync(join(tmpdir(), 'reprise-outputs-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Any text that a variable of a process can hold, much of it what shells and parsers trip over. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(
        ...'\n\r\t "\'`$\\{}=:<>[]*~#&|;!%é\u{1f600}\u2028\ufeff'.match(/./gsu)!,
        'a',
        '0',
      ),
      maxLength: 40,
    }),
    fc.constantFrom(
      '1.10',
      '123e4567',
      '0123456',
      'true',
      'null',
      '{"a":1}',
      '[1]',
      'a<<b',
      ':=5',
      'a:=5',
      '$(id)',
    ),
  )
  .filter(isVariableText);

const line = text.filter((value) => !value.includes('\n') && !value.endsWith('\r'));

/** What a command sees in `$V` after another has written this to its file of outputs. */
async function handedOn(file: string): Promise<string> {
  const path = join(dir, 'outputs');
  writeFileSync(path, file);
  const read = readOutputs(path);
  if ('problem' in read) throw new Error(read.problem);
  const input = { results: { a: { status: 'succeeded', attempts: 1, outputs: read.outputs } } };
  const judged = await judge({ with: { V: 'results.a.outputs.v' }, input });
  const given = 'given' in judged ? judged.given : undefined;
  const { stdout } = spawnSync('/bin/sh', ['-c', 'printf "%s" "$V"'], { env: { ...given } });
  return stdout.toString('utf8');
}

describe('a text that a command hands on to another', () => {
  it('arrives as it was written with name=value, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(line, async (value) => {
        expect(await handedOn(`before=1\nv=${value}\nafter=2\n`)).toBe(value);
      }),
      { numRuns: 150 },
    );
  });

  it('arrives as it was written with name<<END, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await handedOn(`before=1\nv<<END-OF-IT\n${value}\nEND-OF-IT\nafter=2\n`)).toBe(value);
      }),
      { numRuns: 150 },
    );
  });

  it('arrives as it was written in JSON', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await handedOn(`v:=${JSON.stringify(value)}\n`)).toBe(value);
        expect(await handedOn(`other=1\n${JSON.stringify({ v: value })}\n`)).toBe(value);
      }),
      { numRuns: 60 },
    );
  });
});
