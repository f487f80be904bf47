import { readBody } from '../contract/read';
import { RepriseError } from '../core/errors';
import type { Route } from './route';

const JSON_TYPE = /^application\/(.+\+)?json\b/i;

/** The body of a call as its route takes it. @throws RepriseError MEDIA_TYPE_UNSUPPORTED for what is no JSON. */
export function bodyOf({ bounds }: Route, bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.length > 0 && !JSON_TYPE.test(contentType ?? '')) {
    const message = 'Send the body as JSON, with Content-Type: application/json.';
    throw new RepriseError('MEDIA_TYPE_UNSUPPORTED', message);
  }
  return readBody(bytes, bounds);
}
