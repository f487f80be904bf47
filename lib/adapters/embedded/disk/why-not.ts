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

/** Why the system does not read or write a file, in words; what it says itself where there are none here. */
export function whyNot(doing: Doing, error: unknown): string {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  return REASONS[code]?.(doing) ?? message;
}
