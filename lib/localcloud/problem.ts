import { RepriseError } from '../core/errors';

/** A local cloud that cannot be used as asked; `message` says what to do. */
export function localCloudError(message: string, cause?: unknown): RepriseError {
  return new RepriseError('LOCAL_CLOUD', message, cause === undefined ? {} : { cause });
}
