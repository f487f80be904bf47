import { shellQuote } from '../../core/dag/shell/word';
import { hereDocument } from '../shell';

/** A shell that a step names, or that its runner has by default. */
export type StepShell = { readonly kind: 'default' } | { readonly kind: 'named'; readonly name: string };

/** What a step runs, in what surroundings. */
export interface Script {
  readonly title: string | undefined;
  readonly text: string;
  readonly shell: StepShell;
  readonly directory: string | undefined;
  /** `export` lines. */
  readonly exports: readonly string[];
  /** The job goes on when the step fails. */
  readonly mayFail: boolean;
}

/**
 * A step as a part of a POSIX shell command that runs under `set -e`. Each step gets the shell it was written for,
 * fed through a descriptor so that the step's own standard input stays as it is. What reads the same in every
 * shell stands as it is.
 */
export function scriptLines(script: Script): string[] {
  const { title, text, shell, directory, exports, mayFail } = script;
  const around = [...(directory === undefined ? [] : [`cd ${shellQuote(directory)} || exit`]), ...exports];
  // `set -e` does not hold on the left of `||`, so what may fail must run in a shell of its own.
  const inner = isPlain(text, shell) && !mayFail ? text.split('\n') : inOwnShell(text, shell);
  const lines = around.length === 0 && !mayFail ? inner : ['(', ...around, ...inner, ')'];
  if (mayFail) lines[lines.length - 1] += ' || echo "this step failed, the job goes on" >&2';
  return title === undefined ? lines : [`# ${title.replace(/\s+/g, ' ')}`, ...lines];
}

function inOwnShell(text: string, shell: StepShell): string[] {
  const name = shell.kind === 'default' ? 'bash -e {0}' : shell.name.trim();
  if (/^(pwsh|powershell)$/.test(name)) {
    const { open, body } = hereDocument(`$ErrorActionPreference = 'stop'\n${text}`);
    return [`${name} -NoProfile -Command "$(cat ${open}`, body, ')"'];
  }
  const { open, body } = hereDocument(text);
  const usual = USUAL_SHELLS[name] ?? name;
  const command = usual.includes('{0}') ? usual : `${usual} {0}`;
  return [`${command.replaceAll('{0}', '/dev/fd/3')} 3${open}`, body];
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const USUAL_SHELLS: Readonly<Record<string, string>> = {
  bash: 'bash --noprofile --norc -eo pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python {0}',
};

/** Words whose effect would reach past the step, or that shells take differently. */
const STATEFUL =
  /^\s*(cd|pushd|popd|export|set|unset|exit|exec|return|source|\.|shopt|local|declare|typeset|readonly|alias|trap|eval|umask|ulimit|read|time|function|let|if|for|while|until|case|wait)\b/;
const ASSIGNMENT = /^\s*[A-Za-z_]\w*\+?=\S*\s*$/;
const PLAIN_LINE = /^(?:[\w ./:=@,+%~^"'&|*\\-]|>(?!\()|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})*$/;

/** Whether lines mean the same in any POSIX shell as in the shell that a step names. */
function isPlain(text: string, shell: StepShell): boolean {
  if (shell.kind === 'named' && shell.name !== 'bash' && shell.name !== 'sh') return false;
  const lines = text.split('\n');
  return lines.every((line, i) => {
    const before = lines[i - 1] ?? '';
    if (before.endsWith('\\')) return PLAIN_LINE.test(line);
    if (line.trim() === '' || line.trim().startsWith('#')) return true;
    if (!PLAIN_LINE.test(line) || STATEFUL.test(line) || ASSIGNMENT.test(line)) return false;
    // Only a named bash has `pipefail`; `&` alone leaves something running; `echo` differs in its options.
    if (shell.kind === 'named' && /\|/.test(line)) return false;
    if (/(^|[^&])&([^&]|$)/.test(line) || (/\becho\b/.test(line) && /\\|echo -/.test(line))) return false;
    return isEven(line, '"') && isEven(line, "'");
  });
}

function isEven(line: string, quote: string): boolean {
  return line.split(quote).length % 2 === 1;
}
