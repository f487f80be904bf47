import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capLog, plainTail } from '../../../../../lib/adapters/embedded/process/logs';

describe('the tail of a log', () => {
  it('drops colours and control characters and shows a progress line as it last looked', () => {
    expect(plainTail('\u001b[1mbold\u001b[0m\u0007\n10%\r50%\r100%\r\ndone\n', 100)).toBe('bold\n100%\ndone');
  });

  it('begins at a line when it has to cut', () => {
    expect(plainTail('first line\nsecond line\nthird line', 25)).toBe('second line\nthird line');
  });

  it('cuts within a line that is too long alone', () => {
    expect(plainTail('x'.repeat(50), 10)).toBe('x'.repeat(10));
  });

  it('never begins with half a character', () => {
    expect(plainTail(`${'x'.repeat(20)}😀yz`, 3)).toBe('yz');
    expect(plainTail(Buffer.from('😀ok').subarray(2).toString('utf8'), 100)).toBe('ok');
  });
});

describe('a log over its cap', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-log-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('');

  it('keeps whole lines of its end and counts what is gone, over several cuts', () => {
    const path = join(dir, 'log');
    writeFileSync(path, lines(0, 500));
    for (const [from, to] of [
      [500, 500],
      [500, 900],
      [900, 1_000],
    ] as const) {
      appendFileSync(path, lines(from, to));
      capLog(path, 1_000);
      const [marker = '', ...rest] = readFileSync(path, 'utf8').split(/(?<=\n)/);
      const dropped = Number(/^\[reprise: (\d+) bytes dropped here/.exec(marker)?.[1]);
      expect(dropped + rest.join('').length).toBe(lines(0, to).length);
      expect(rest[0]).toMatch(/^line \d+\n$/);
      expect(rest.at(-1)).toBe(`line ${to - 1}\n`);
      expect(readFileSync(path).length).toBeLessThanOrEqual(1_000);
    }
  });

  it('counts on where the writer wrote between a cut and our line', () => {
    const path = join(dir, 'between');
    const marker = '[reprise: 700 bytes dropped here, the log is limited to 1000 bytes]\n';
    writeFileSync(path, `${lines(0, 20)}${marker}${lines(20, 200)}`);
    capLog(path, 1_000);
    const [first = '', ...rest] = readFileSync(path, 'utf8').split(/(?<=\n)/);
    const dropped = Number(/^\[reprise: (\d+) bytes/.exec(first)?.[1]);
    expect(dropped + rest.join('').length).toBe(700 + lines(0, 200).length);
  });

  it('is left alone below it', () => {
    const path = join(dir, 'small');
    writeFileSync(path, lines(0, 10));
    capLog(path, 1_000);
    expect(readFileSync(path, 'utf8')).toBe(lines(0, 10));
  });
});
