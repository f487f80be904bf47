import { open } from 'node:fs/promises';
import { hasCode } from './has-code';
import { PRIVATE_FILE } from './privacy';

/** Lines of a file that several processes append to, each read once. */
export interface SharedLines {
  /** Reads what was appended since the last time. */
  readonly refresh: () => Promise<void>;
  /** Adds whole lines with one write, so that processes which write at the same time keep theirs apart. */
  readonly append: (text: string, how: { readonly durable: boolean }) => Promise<{ readonly size: number }>;
}

/**
 * @param onText hears of whole lines in their order.
 * @param onAnew hears that the file was replaced, and is read anew.
 */
export function createSharedLines(
  path: string,
  { onText, onAnew }: { readonly onText: (text: string) => void; readonly onAnew: () => void },
): SharedLines {
  let [offset, inode] = [0, 0];
  let reading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    try {
      const { ino, size } = await file.stat();
      if (ino !== inode || size < offset) {
        if (offset > 0) onAnew();
        [offset, inode] = [0, ino];
      }
      if (size === offset) return;
      const bytes = Buffer.alloc(size - offset);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      // The last line may still be under way.
      const whole = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      onText(bytes.toString('utf8', 0, whole));
      offset += whole;
    } finally {
      await file.close();
    }
  }

  return {
    refresh() {
      reading = reading.then(read, read);
      return reading;
    },
    async append(text, { durable }) {
      const file = await open(path, 'a+', PRIVATE_FILE);
      try {
        const { size } = await file.stat();
        const last = Buffer.alloc(1);
        if (size > 0) await file.read(last, 0, 1, size - 1);
        // A line that a crash cut short must not swallow the first one of ours.
        const torn = size > 0 && last.toString() !== '\n';
        const added = `${torn ? '\n' : ''}${text}`;
        await file.write(added);
        if (durable) await file.sync();
        return { size: size + Buffer.byteLength(added) };
      } finally {
        await file.close();
      }
    },
  };
}
