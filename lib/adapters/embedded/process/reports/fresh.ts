import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { LIMITS } from '../../../../core/limits';
import { formatOf } from '../../../../reports/formats';

/** Files that are older than their attempt by more than file systems are wrong in their times are of an earlier one. */
const TOLERANCE_MS = 20;

interface Conditions {
  readonly startedAt: number;
  readonly left: number;
  /** Who has to own it, where commands run as somebody else: what they cannot read themselves is no report of theirs. */
  readonly uid: number | undefined;
}

/** The bytes of a regular file that is new; `old` too for one that is not to be read. */
export function readFresh(path: string, { startedAt, left, uid }: Conditions): Buffer | 'old' | 'large' {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.mtimeMs + TOLERANCE_MS < startedAt) return 'old';
    if (uid !== undefined && stat.uid !== uid) return 'old';
    return stat.size > left ? 'large' : readFileSync(fd);
  } catch {
    return 'old';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Whether a file that lies where reports will be is one, and no other of its owner's. */
export function isReport(path: string): boolean {
  const bytes = readFresh(path, { startedAt: 0, left: LIMITS.reportBytes, uid: undefined });
  return typeof bytes !== 'string' && formatOf(textOf(bytes)) !== undefined;
}

export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
