import type { Problem, RepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';
import { present } from '../../core/model/present';

/** Characters of one line that a terminal is given at most. */
const LINE = 8_000;

/** An error for people: what is wrong, then the first problems, one a line. */
export function errorText(error: RepriseError): string {
  const { problems, count } = error;
  const [only] = problems;
  if (only && problems.length === 1 && only.message === error.message)
    return line('reprise: ', only.brief ?? only.message);
  const shown = problems.slice(0, LIMITS.problemsShown);
  const lines = shown.map((problem) => line('  ', placed(problem)));
  const more = count - shown.length;
  const rest = more > 0 ? `  ... and ${more} more; --json lists ${listed(error)}\n` : '';
  return [line('reprise: ', error.message), ...(problems.length > 1 ? lines : []), rest].join('');
}

/** Most messages have their place; those of a request leave it to whoever shows them. */
function placed({ path, message, brief }: Problem): string {
  const text = brief ?? message;
  return text.includes(path) ? text : `${path}: ${text}`;
}

function listed({ problems, count }: RepriseError): string {
  return problems.length === count ? 'all of them' : `the first ${problems.length}`;
}

function line(before: string, text: string): string {
  return `${before}${text.length > LINE ? `${text.slice(0, LINE)}…` : text}\n`;
}

/** What `--json` prints of an error: its problems whole, as many as it carries. */
export function errorDocument({ code, message, problems, count }: RepriseError): string {
  const listed = problems.map(({ code, path, message, line, column }) =>
    present({ code, path, message, line, column }),
  );
  const more = count - problems.length;
  const found = problems.length === 0 ? {} : { problems: listed, ...(more > 0 && { more_problems: more }) };
  return `${JSON.stringify({ error: { code, message, ...found } })}\n`;
}
