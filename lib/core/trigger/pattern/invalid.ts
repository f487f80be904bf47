import { RepriseError } from '../../errors';

/** The error for a pattern. @param path below `on.event`, empty for the whole. */
export function invalid(path: string, message: string): RepriseError {
  const full = path === '' ? 'on.event' : `on.event.${path}`;
  const problem = { code: 'TRIGGER_INVALID' as const, path: full, message };
  return new RepriseError('TRIGGER_INVALID', `${full}: ${message}`, { problems: [problem] });
}
