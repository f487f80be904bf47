import { RepriseError } from '../../../core/errors';
import { whyNot } from './why-not';

/** A file that cannot be read, and why. @param what it is, and where: `the token from t.txt` */
export function unreadable(what: string, cause: unknown): RepriseError {
  return failed('read', what, cause);
}

/** A file that cannot be written, and why. @param what it is, and where: `the token to t.txt` */
export function unwritable(what: string, cause: unknown): RepriseError {
  return failed('write', what, cause);
}

function failed(doing: 'read' | 'write', what: string, cause: unknown): RepriseError {
  const why = what === '' ? 'its name is empty' : whyNot(doing, cause);
  return new RepriseError('INPUT_INVALID', `cannot ${doing} ${what || '""'}: ${why}`, { cause });
}
