import { scanShell } from '../../core/dag/shell/scan';
import { shellQuote } from '../../core/dag/shell/word';
import { hereDocument } from '../shell';
import type { Part } from './upload';

/** Text for a shell, or why it cannot be one. */
export type Text = { readonly text: string } | { readonly why: string };

/** Quotings in which a shell reads variables, or that are no part of the command. */
const READ: readonly string[] = ['none', 'double', 'here', 'backquote', 'parameter', 'arithmetic', 'comment'];

/** A command whose variables a shell reads where the upload would have put them in. */
export function shellText(parts: readonly Part[]): Text {
  const marks = new Map<number, { name: string; to: number }>();
  let text = '';
  for (const part of parts) {
    const from = text.length;
    text += part.kind === 'text' ? part.text : part.source;
    if (part.kind === 'variable') marks.set(from, { name: part.source, to: text.length });
  }
  if (marks.size === 0) return { text };
  const { places } = scanShell(text, (_, at) => marks.get(at));
  for (const { from, to, quoting, name } of [...places].reverse()) {
    if (READ.includes(quoting)) continue;
    if (quoting !== 'single') return { why: `${name} stands where a shell reads no variable` };
    text = `${text.slice(0, from)}'"${name}"'${text.slice(to)}`;
  }
  return { text };
}

/** A word for a shell: the value of a variable. */
export function valueText(parts: readonly Part[]): string {
  return (
    parts.map((part) => (part.kind === 'text' ? shellQuote(part.text) : `"${part.source}"`)).join('') || "''"
  );
}

/** The command of a node. Agents run commands with `bash -e -c`; what reads the same in any shell stands as it is. */
export function runOf(
  text: string,
  {
    exports,
    soft,
    attempts,
  }: {
    readonly exports: readonly string[];
    /** Exit statuses that count as success. */
    readonly soft: readonly number[];
    readonly attempts: number;
  },
): string {
  const lines = text.trimEnd().split('\n');
  if (soft.length === 0 && lines.every(isPlain)) {
    return [...(lines.length > 1 ? ['set -e'] : []), ...exports, ...lines].join('\n');
  }
  const { open, body } = hereDocument(text.trimEnd());
  const bash = `bash -e /dev/fd/3 3${open}`;
  if (soft.length === 0) return [...exports, bash, body].join('\n');
  return [
    ...exports,
    'STATUS=0',
    `${bash} || STATUS=$?`,
    body,
    ...(attempts > 1
      ? [`[ "$STATUS" = 0 ] || [ "$REPRISE_ATTEMPT" -ge ${attempts} ] || exit "$STATUS"`]
      : []),
    'case "$STATUS" in',
    '0) ;;',
    `${soft.join('|')}) echo "exit status $STATUS is allowed: the node succeeds" >&2 ;;`,
    '*) exit "$STATUS" ;;',
    'esac',
  ].join('\n');
}

const PLAIN = /^(?:[\w ./:=@,+%~^"'*-]|&&|\|\||\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*(?::?-[\w./:-]*)?\})*$/;
/** Words that only bash knows, or that shells take differently. */
const OF_BASH = /\b(source|pushd|popd|let|declare|typeset|local|function|shopt|time|select|echo -)/;

function isPlain(line: string): boolean {
  const isEven = (quote: string) => line.split(quote).length % 2 === 1;
  return PLAIN.test(line) && !OF_BASH.test(line) && isEven('"') && isEven("'");
}

/** A command that fails and says why, in place of one that cannot be written. */
export function guard(why: string): string {
  const text = why.replace(/\s+/g, ' ').replaceAll('{{', '{ {');
  return `echo ${shellQuote(`not imported: ${text}`)} >&2; exit 1`;
}
