import { readBody } from '../contract/read';
import type { Route } from './route';

const JSON_TYPE = /^application\/(.+\+)?json\b/i;

/** The body of a call as its route takes it. @throws RepriseError, and an error with `statusCode` 415 for what is no JSON. */
export function bodyOf({ bounds }: Route, bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.length > 0 && !JSON_TYPE.test(contentType ?? '')) {
    const message = 'Send the body as JSON, with Content-Type: application/json.';
    throw Object.assign(new Error(message), { statusCode: 415 });
  }
  return readBody(bytes, bounds);
}
