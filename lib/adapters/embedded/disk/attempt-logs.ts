import { type FileHandle, open } from 'node:fs/promises';
import type { AttemptRef } from '../../../core/model/attempt';
import type { AttemptLogs, LogPage } from '../../../core/ports/logs';
import { attemptFiles } from './attempt-files';
import { hasCode } from './has-code';
import type { Layout } from './layout';

/** What commands wrote on this machine. A log that was shortened meanwhile begins again where it ends now. */
export function createFileLogs({ jobs }: Layout): AttemptLogs {
  return {
    async read({ jobId, nodeId, attempt }: AttemptRef, { stream, from, limit }) {
      const file = await opened(attemptFiles(jobs, { jobId, nodeId, attempt })[stream]);
      if (!file) return undefined;
      try {
        return await pageOf(file, from, limit);
      } finally {
        await file.close();
      }
    },
  };
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function pageOf(file: FileHandle, from: number, limit: number): Promise<LogPage> {
  const { size } = await file.stat();
  const start = Math.min(from, size);
  const { bytesRead, buffer } = await file.read(
    Buffer.alloc(Math.min(limit, size - start)),
    0,
    undefined,
    start,
  );
  const bytes = buffer.subarray(0, bytesRead);
  const whole = bytes.subarray(0, bytes.length - unfinished(bytes));
  return { text: whole.toString('utf8'), next: start + whole.length, size };
}

/** Bytes at the end that begin a character of which the rest is not there; none where a page holds nothing else. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length - 1); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
