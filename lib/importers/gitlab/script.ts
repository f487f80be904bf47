import { itemsOf, type Located, refuse, textOf } from '../located/located';
import { hereDocument } from '../shell';

/**
 * The lines of `script` and its like; of a list, one after the other.
 * @throws RepriseError INPUT_INVALID for what is no text: YAML takes `true` and `a: b` for something else
 */
export function scriptLines(value: Located | undefined): string[] {
  return (value ? itemsOf(value) : []).flatMap((item) => {
    if (item.kind !== 'plain' || typeof item.value !== 'string') {
      throw refuse(item.spot, 'a command is text: put it in quotes');
    }
    return textOf(item).trim().replaceAll('\r\n', '\n').split('\n');
  });
}

export interface CommandParts {
  /** Lines of a POSIX shell that set the variables. */
  readonly exports: readonly string[];
  /** `before_script` and `script`. */
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  /** Whether a failure of `after_script` counts. */
  readonly afterCounts: boolean;
  /** Words of a shell: files whose lines become outputs. */
  readonly dotenv: readonly string[];
}

/**
 * A job as one command of a POSIX shell. `before_script` and `script` run in one shell, bash where there is one, and
 * end at the first command that fails, in a pipe too; `after_script` runs in another one whatever became of them, and
 * its status does not count.
 * @see https://docs.gitlab.com/ci/yaml/#after_script and gitlab-runner, shells/bash.go
 */
export function commandOf(parts: CommandParts): string {
  const { exports, script, afterScript, dotenv } = parts;
  if (afterScript.length === 0 && dotenv.length === 0) {
    return ['set -e', ...exports, ...(isPlain(script) ? script : inShell(script, ''))].join('\n');
  }
  const lines = ['set -e', ...exports, 'status=0', ...inShell(script, '|| status=$?')];
  if (afterScript.length > 0) lines.push(...afterLines(parts));
  for (const file of dotenv) {
    lines.push(
      `if [ "$status" -eq 0 ] && [ -f ${file} ]; then`,
      `  ${OUTPUTS} ${file} >> ${OUTPUT_FILE}`,
      'fi',
    );
  }
  return [...lines, 'exit "$status"'].join('\n');
}

function afterLines({ afterScript, afterCounts }: CommandParts): string[] {
  const told = '|| echo "after_script failed, which does not count" >&2';
  const counted = '|| [ "$status" -ne 0 ] || status=1';
  return [
    'CI_JOB_STATUS=success',
    'if [ "$status" -ne 0 ]; then CI_JOB_STATUS=failed; fi',
    'export CI_JOB_STATUS',
    ...inShell(afterScript, afterCounts ? counted : told),
  ];
}

const OUTPUT_FILE = '"${REPRISE_OUTPUT:-/dev/null}"';
/** Lines `name=value`, without blanks around either. */
const OUTPUTS =
  "sed -n 's/^[[:blank:]]*\\([A-Za-z0-9_][A-Za-z0-9_]*\\)[[:blank:]]*=[[:blank:]]*/\\1=/; s/[[:blank:]]*$//; /^[A-Za-z0-9_]*=/p'";

/** The shell gets the script by a descriptor of its own, so that its standard input is none of the script's text. */
function inShell(lines: readonly string[], rest: string): string[] {
  const { open, body } = hereDocument([STRICT, ...lines].join('\n'));
  const end = rest === '' ? '' : ` ${rest}`;
  return [`$(command -v bash || command -v sh) /dev/fd/3 3${open}${end}`, body];
}

/** As the runner begins each script. */
const STRICT = 'if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit';

/** Words whose effect differs between shells, or that need a shell of their own. */
const STATEFUL =
  /^\s*(\.|alias|break|case|continue|declare|do|done|elif|else|esac|eval|exec|exit|export|fi|for|function|if|let|local|popd|pushd|read|readonly|return|select|set|shopt|source|test|then|time|trap|typeset|ulimit|umask|unset|until|wait|while)\b|^\s*\[/;
const PLAIN_LINE = /^(?:[\w ./:=@,+%^"'-]|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|&&)*$/;

/** Whether lines mean the same in a POSIX shell under `set -e` as in bash with `pipefail`. */
function isPlain(lines: readonly string[]): boolean {
  return lines.every((line) => {
    if (line.trim() === '') return true;
    if (!PLAIN_LINE.test(line) || STATEFUL.test(line) || /\becho +-/.test(line)) return false;
    if (/^\s*[A-Za-z_]\w*\+?=/.test(line)) return false;
    return isEven(line, '"') && isEven(line, "'");
  });
}

function isEven(line: string, quote: string): boolean {
  return line.split(quote).length % 2 === 1;
}
