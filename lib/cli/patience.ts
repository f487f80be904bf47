import type { RepriseError } from '../core/errors';
import { say } from './options';

/** Says of the first try that fails what is wrong, and for how long others follow: a command that waits is not silent. */
export function sayOnce(forMs: number): (error: RepriseError) => void {
  let isSaid = false;
  return ({ message }) => {
    if (!isSaid) say(`${message}; trying again for ${forMs / 1_000} s`);
    isSaid = true;
  };
}
