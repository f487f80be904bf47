import { RepriseError } from '../../errors';

/** The error for an event that takes too much to compare. @param what it has too much of. */
export function tooInvolved(what: string): RepriseError {
  const message = `${what} cannot be compared with the pattern of a trigger: send less of it`;
  return new RepriseError('INPUT_INVALID', message, {
    problems: [{ code: 'INPUT_INVALID', path: 'detail', message }],
  });
}

/** The error for a pattern. @param path below `on.event`, empty for the whole. */
export function invalid(path: string, message: string): RepriseError {
  const full = path === '' ? 'on.event' : `on.event.${path}`;
  const problem = { code: 'TRIGGER_INVALID' as const, path: full, message };
  return new RepriseError('TRIGGER_INVALID', `${full}: ${message}`, { problems: [problem] });
}
