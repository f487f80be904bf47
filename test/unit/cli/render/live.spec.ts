import pc from 'picocolors';
import { createLiveLine } from '../../../../lib/cli/render/live';
import { progressBar } from '../../../../lib/cli/render/progress-bar';

const plain = pc.createColors(false);

/** A stream that keeps what it shows: the last line that is not ended can be cleared. */
function terminal(isTTY: boolean, columns = 60) {
  const chunks: string[] = [];
  const stream = {
    isTTY,
    columns,
    write(chunk: string | Uint8Array) {
      chunks.push(String(chunk));
      return true;
    },
  };
  const shown = () => {
    const lines = [''];
    for (const part of chunks
      .join('')
      .replaceAll('\r\u001b[2K', '<clear>')
      .split(/(\n|<clear>)/)) {
      if (part === '\n') lines.push('');
      else if (part === '<clear>') lines[lines.length - 1] = '';
      else lines[lines.length - 1] += part;
    }
    return lines;
  };
  return { stream, shown, chunks };
}

afterEach(() => jest.useRealTimers());

describe('a live line', () => {
  it('stays below what anybody else writes, and is gone in the end', () => {
    const { stream, shown } = terminal(true);
    const live = createLiveLine(stream, {});
    live.show(() => 'half way');
    expect(shown()).toEqual(['half way']);
    stream.write('a line\n');
    expect(shown()).toEqual(['a line', 'half way']);
    live.show((columns) => `done, ${columns} wide`);
    expect(shown()).toEqual(['a line', 'done, 59 wide']);
    live.end();
    stream.write('after\n');
    expect(shown()).toEqual(['a line', 'after', '']);
  });

  it('is drawn anew each second, so that its times go on', () => {
    jest.useFakeTimers();
    const { stream, shown } = terminal(true);
    const live = createLiveLine(stream, {});
    let seconds = 0;
    live.show(() => `${seconds} s`);
    seconds = 1;
    jest.advanceTimersByTime(1_000);
    expect(shown()).toEqual(['1 s']);
    live.end();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['a pipe or a file', false, {}],
    ['the log of a CI system', true, { CI: 'true' }],
    ['a terminal that cannot clear a line', true, { TERM: 'dumb' }],
  ])('is not there in %s', (_, isTTY, env) => {
    const { stream, chunks } = terminal(isTTY);
    const own = stream.write;
    const live = createLiveLine(stream, env);
    live.show(() => 'half way');
    live.end();
    expect(chunks).toEqual([]);
    expect(stream.write).toBe(own);
  });
});

describe('a bar', () => {
  const standing = {
    ...{ finished: 5, total: 10, failed: 0, running: ['api', 'browser-3'], isPaused: false },
    elapsedMs: 63_400,
  };

  it('says how far a job is, for how long, and what runs', () => {
    expect(progressBar(standing, 80, plain)).toBe(
      '██████████░░░░░░░░░░  5/10  1 min 03 s  2 running: api, browser-3',
    );
    expect(progressBar({ ...standing, failed: 2, isPaused: true, running: [] }, 80, plain)).toBe(
      '██████████░░░░░░░░░░  5/10  1 min 03 s  2 failed  paused',
    );
  });

  it('is full when all is done, and never before', () => {
    const bar = (finished: number) => progressBar({ ...standing, finished, total: 1_000 }, 80, plain);
    expect(bar(999)).toContain('███████████████████░');
    expect(bar(1_000)).toContain('████████████████████');
    expect(progressBar({ ...standing, finished: 0, total: 0 }, 80, plain)).toMatch(/^░{20} /);
  });

  it.each([5, 20, 21, 40, 60])('fits %i columns', (columns) => {
    expect([...progressBar(standing, columns, plain)].length).toBeLessThanOrEqual(columns);
  });

  it('names some of many that run', () => {
    const running = Array.from({ length: 30 }, (_, i) => `n${i}`);
    expect(progressBar({ ...standing, running }, 200, plain)).toContain(
      '30 running: n0, n1, n2, n3, n4, n5, n6, n7, 22 more',
    );
  });
});
