import type { Command } from 'commander';

/**
 * Which commands are recorded: those that change what a journal directory holds. What they ask a daemon or a deployed engine
 * for, that records.
 */
export const RECORDED: Readonly<Record<string, boolean>> = {
  run: true,
  resume: true,
  retry: true,
  rollback: true,
  cancel: true,
  pause: true,
  unpause: true,
  correct: true,
  cleanup: true,
  serve: true,
  'quarantine add': true,
  'quarantine remove': true,
  'dlq redrive': true,
  'dlq resolve': true,
  'dlq assign': true,
  'dlq note': true,
  'journal anchor': true,
  'config set': true,
  'config unset': true,
  migrate: true,
};

/** The words of a command, without the name of the program: `dlq redrive`. */
export function wordsOf(command: Command): string {
  const above = command.parent?.parent ? [wordsOf(command.parent)] : [];
  return [...above, command.name()].join(' ');
}

/** It runs where the word behind its parent names no command. */
export function isHidden(command: Command): boolean {
  return (command as Command & { readonly _hidden?: boolean })._hidden === true;
}

/** Of a daemon or a deployment; the `--env` of other commands is a list of variables. */
const isElsewhere = ({ api, env }: Record<string, unknown>): boolean =>
  api !== undefined || typeof env === 'string';

export function isRecorded(command: Command): boolean {
  return RECORDED[wordsOf(command)] === true && !isElsewhere(command.opts());
}

let about: string | undefined;

/** Says what the command of this process turned out to be about, as `KIND/ID`. */
export function commandIsAbout(resource: string): void {
  about = resource;
}

/** What a command was about: what it said, else the job or the group of letters that its first argument names. */
export function resourceOf(command: Command): string | undefined {
  const [first] = command.args;
  const words = wordsOf(command);
  if (about !== undefined || first === undefined || words === 'run') return about;
  if (words.startsWith('dlq ')) return `letter/${first}`;
  return ['resume', 'retry', 'rollback', 'correct', 'cancel', 'pause', 'unpause'].includes(words)
    ? `job/${first}`
    : undefined;
}
