import { isRepriseError, type RepriseError } from '../core/errors';

/** Whether somebody asked for what is not theirs: logged, whatever they are told. */
export function isRefusal(error: unknown): error is RepriseError {
  if (!isRepriseError(error)) return false;
  return REFUSALS.includes(error.code) || error.context['isForeign'] === true;
}

const REFUSALS: readonly string[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'ATTEMPT_TOKEN_INVALID',
  'WORKER_ID_TAKEN',
  'ENDPOINT_REFUSED',
];

/** Why, for the log: no message of these holds a token. */
export function refusalOf({ code, message, context }: RepriseError): string {
  if (context['isForeign'] === true) return `${code}: it belongs to another owner`;
  const { why } = context;
  return typeof why === 'string' ? `${code}: ${why}` : `${code}: ${message}`;
}
