import { readBody } from '../contract/read';
import { RepriseError } from '../core/errors';
import { quoted } from '../core/model/quoted';
import type { Route } from './route';

const JSON_TYPE = /^application\/(.+\+)?json\b/i;

/** The body of a call as its route takes it. @throws RepriseError MEDIA_TYPE_UNSUPPORTED for what is no JSON. */
export function bodyOf(
  { bounds }: Route,
  bytes: Uint8Array,
  header: (name: string) => string | undefined,
): unknown {
  if (bytes.length > 0 && !JSON_TYPE.test(header('Content-Type') ?? ''))
    throw unsupported('Send the body as JSON, with Content-Type: application/json.');
  const coding = header('Content-Encoding') ?? 'identity';
  if (bytes.length > 0 && coding.toLowerCase() !== 'identity')
    throw unsupported(`Send the body as it is: Content-Encoding ${quoted(coding)} is not read.`);
  return readBody(bytes, bounds);
}

const unsupported = (message: string) => new RepriseError('MEDIA_TYPE_UNSUPPORTED', message);
