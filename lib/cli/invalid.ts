import { RepriseError } from '../core/errors';

/** What is wrong with what a command was given. */
export function invalid(message: string): RepriseError {
  return new RepriseError('INPUT_INVALID', message);
}
