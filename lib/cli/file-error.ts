import { RepriseError } from '../core/errors';

type Doing = 'read' | 'write';

/** What people can do something about, by the code of the system. */
const REASONS: Readonly<Record<string, (doing: Doing) => string>> = {
  ENOENT: (doing) =>
    doing === 'read' ? 'there is no such file' : 'the directory that it goes to does not exist',
  EISDIR: () => 'it is a directory, and a file is wanted',
  ENOTDIR: () => 'its path goes through a file, as if that were a directory',
  EACCES: (doing) => `this user may not ${doing} it`,
  EPERM: (doing) => `this user may not ${doing} it`,
  EROFS: () => 'its file system takes no writes',
  ENOSPC: () => 'the disk is full',
  ENAMETOOLONG: () => 'its name is too long',
};

/** A file that cannot be read, and why. @param what it is, and where: `the token from t.txt` */
export function unreadable(what: string, cause: unknown): RepriseError {
  return failed('read', what, cause);
}

/** A file that cannot be written, and why. @param what it is, and where: `the token to t.txt` */
export function unwritable(what: string, cause: unknown): RepriseError {
  return failed('write', what, cause);
}

function failed(doing: Doing, what: string, cause: unknown): RepriseError {
  const { code = '', message = String(cause) } = cause as NodeJS.ErrnoException;
  const why = REASONS[code]?.(doing) ?? message;
  return new RepriseError('INPUT_INVALID', `cannot ${doing} ${what}: ${why}`, { cause });
}
