import { mkdirSync, writeFileSync } from 'node:fs';
import { attemptFiles } from '../../../../../lib/adapters/embedded/disk/attempt-files';
import { createFileLogs } from '../../../../../lib/adapters/embedded/disk/attempt-logs';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { temporaryDir } from '../../../../support/e2e-files';

const layout = layoutOf(temporaryDir());
const ref = { jobId: 'j', nodeId: 'unit', attempt: 1 };
const files = attemptFiles(layout.jobs, ref);
const logs = createFileLogs(layout);
const page = (from: number, limit: number) => logs.read(ref, { stream: 'stdout', from, limit });

function wrote(text: string): void {
  mkdirSync(files.dir, { recursive: true });
  writeFileSync(files.stdout, text);
}

describe('the log of an attempt', () => {
  it('is unknown before it runs', async () => {
    expect(await logs.read({ ...ref, attempt: 9 }, { stream: 'stderr', from: 0, limit: 10 })).toBeUndefined();
  });

  it('is read page by page, and again from its end while it grows', async () => {
    wrote('one\ntwo\n');
    expect(await page(0, 4)).toEqual({ text: 'one\n', next: 4, size: 8 });
    expect(await page(4, 100)).toEqual({ text: 'two\n', next: 8, size: 8 });
    expect(await page(8, 100)).toEqual({ text: '', next: 8, size: 8 });
    wrote('one\ntwo\nthree\n');
    expect(await page(8, 100)).toEqual({ text: 'three\n', next: 14, size: 14 });
  });

  it('goes on from its new end where it was shortened meanwhile', async () => {
    wrote('short\n');
    expect(await page(100, 100)).toEqual({ text: '', next: 6, size: 6 });
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    'holds whole characters in pages of %d bytes, and all of them',
    async (limit) => {
      const text = 'aé€😀!\n';
      wrote(text);
      let read = '';
      let from = 0;
      for (let pages = 0; pages < 50; pages += 1) {
        const found = await page(from, limit);
        if (found === undefined || found.next === from) break;
        read += found.text;
        from = found.next;
      }
      expect(from).toBe(Buffer.byteLength(text));
      if (limit >= 4) expect(read).toBe(text);
    },
  );

  it('that is no text has its bytes marked, and ends', async () => {
    mkdirSync(files.dir, { recursive: true });
    writeFileSync(files.stdout, Buffer.from([0x61, 0xff, 0xe2]));
    const first = await page(0, 100);
    expect(first).toEqual({ text: 'a\uFFFD', next: 2, size: 3 });
    expect(await page(2, 100)).toEqual({ text: '\uFFFD', next: 3, size: 3 });
  });
});
