import { closeSync, fdatasync, futimes, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { openFile } from './durable';

/** What the log asks of the disk; replaced where a test has it fail. */
export interface SegmentFiles {
  readonly open: (path: string) => Promise<number>;
  /** Writes all of the bytes. */
  readonly write: (fd: number, bytes: Buffer, at: number) => void;
  readonly sync: (fd: number) => Promise<void>;
  /** Has it look as if it were written; what goes wrong, the next write says. */
  readonly touch: (fd: number) => void;
  readonly close: (fd: number) => void;
}

export const SEGMENT_FILES: SegmentFiles = {
  open: (path) => openFile(path, 'wx'),
  write(fd, bytes, at) {
    for (let done = 0; done < bytes.length; )
      done += writeSync(fd, bytes, done, bytes.length - done, at + done);
  },
  sync: promisify(fdatasync),
  touch(fd) {
    const now = new Date();
    futimes(fd, now, now, () => undefined);
  },
  close: closeSync,
};
