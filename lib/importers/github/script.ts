import { shellWord } from '../../core/dag/shell/word';
import { hereDocument } from '../shell';

/** A shell that a step names, or that its runner has by default. */
export type StepShell = { readonly kind: 'default' } | { readonly kind: 'named'; readonly name: string };

/** What a step runs, in what surroundings. */
export interface Script {
  readonly title: string | undefined;
  /** A command that tells whether the step runs; undefined where it runs after success, as most do. */
  readonly condition: string | undefined;
  readonly text: string;
  readonly shell: StepShell;
  /** Lines before it, in a process of its own. */
  readonly setup: readonly string[];
  /** The job goes on when the step fails. */
  readonly mayFail: boolean;
  /** Lines after it that keep what later steps ask. */
  readonly keep: readonly string[];
}

/** A step as a part of a command. @param isTold whether it says how it ended to those after it */
export function scriptLines(script: Script, isTold: boolean): string[] {
  const { title, condition, setup, mayFail, keep } = script;
  const inner = inOwnShell(script);
  const isApart = setup.length > 0;
  const lines = isApart ? ['(', ...setup, ...inner, ')'] : [...inner];
  const heading = ['', ...(title === undefined ? [] : [`# ${title.replace(/\s+/g, ' ')}`])];
  if (!isTold) {
    if (mayFail)
      lines.splice(
        isApart ? -1 : 0,
        1,
        `${isApart ? ')' : lines[0]} || echo "this step failed, the job goes on" >&2`,
      );
    return [...heading, ...lines];
  }
  const ended = [mayFail ? 'ended may-fail' : 'ended', ...keep].join('; ');
  return [...heading, `if ${condition ?? 'success'}; then`, ...lines, `${ended}; fi`];
}

/** Runs the script from a file, as custom shells may need its name. */
function inOwnShell({ text, shell }: Script): string[] {
  const name = shell.kind === 'default' ? 'bash -e {0}' : shell.name.trim();
  const { format, extension = '', wrap = (script: string) => script } = SHELLS[name] ?? { format: name };
  const { open, body } = hereDocument(wrap(text));
  return [`step${extension && ` ${extension}`} ${open} && ${commandLine(format)}`, body];
}

interface Shell {
  /** The command line, `{0}` in it stands for the file. */
  readonly format: string;
  readonly extension?: string;
  readonly wrap?: (script: string) => string;
}

const POWERSHELL = {
  extension: '.ps1',
  wrap: (script: string) =>
    `$ErrorActionPreference = 'stop'\n${script}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
};

/** The shells that GitHub knows by name. @see actions/runner, src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs */
const SHELLS: Readonly<Record<string, Shell>> = {
  bash: { format: 'bash --noprofile --norc -eo pipefail {0}' },
  sh: { format: 'sh -e {0}' },
  python: { format: 'python {0}', extension: '.py' },
  pwsh: { format: `pwsh -command ". '{0}'"`, ...POWERSHELL },
  powershell: { format: `powershell -command ". '{0}'"`, ...POWERSHELL },
  cmd: {
    format: 'cmd /D /E:ON /V:OFF /S /C "CALL {0}"',
    extension: '.cmd',
    wrap: (script) => `@echo off\n${script}`,
  },
};

/** Why GitHub would not run a shell of this name. */
export function shellProblem(shell: StepShell): string | undefined {
  if (shell.kind === 'default' || Object.hasOwn(SHELLS, shell.name.trim()) || shell.name.includes('{0}'))
    return undefined;
  return `the shell ${shell.name} is neither one that GitHub knows by name nor a command line with {0} in it`;
}

/** The words of a command line, in which double quotes alone group and nothing is expanded. */
function commandLine(format: string): string {
  const words = format.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
  return words
    .map((word) => word.replaceAll('"', ''))
    .map((word) => {
      if (!word.includes('{0}')) return shellWord(word);
      const escaped = word.replace(/[\\"`$]/g, '\\$&');
      return `"${escaped.replaceAll('{0}', '$_step')}"`;
    })
    .join(' ');
}
