import { RepriseError } from '../core/errors';
import { shortHash } from './short-hash';

type Header = (name: string) => string | undefined;

/** Names how something is set, for `If-Match`: the same for the same, whatever else is said of it. */
export const versionOf = (set: unknown): string => shortHash(set, 11);

/**
 * Two people who change something at a time do not undo each other's change: `If-Match` names the version that a change was
 * made for, as the `ETag` of a `GET` has it. Its part behind the dot, which tells whether the answer has changed in any way, does
 * not count.
 * @throws RepriseError PRECONDITION_FAILED
 */
export function requireMatch(header: Header, version: string): void {
  const given = header('If-Match');
  if (given === undefined || given.trim() === '*') return;
  if (given.split(',').some((each) => versionIn(each) === version)) return;
  throw failed(`it is in version "${version}", and If-Match names ${given.slice(0, 100)}`, version);
}

/**
 * The same of what is put, which may not be there yet: `If-None-Match: *` makes it, and changes nothing that is there.
 * @param there the version that is there, if any.
 * @throws RepriseError PRECONDITION_FAILED
 */
export function requirePut(header: Header, there: string | undefined): void {
  if (there !== undefined && header('If-None-Match')?.trim() === '*')
    throw failed(`it is there already, in version "${there}"`, there);
  requireMatch(header, there ?? 'none');
}

const versionIn = (tag: string): string => tag.trim().replace(/^"|"$/g, '').split('.')[0] ?? '';

function failed(message: string, version: string): RepriseError {
  return new RepriseError('PRECONDITION_FAILED', message, { context: { version } });
}
