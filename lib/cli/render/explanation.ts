import type { ExplainedEdit, NodeExplanation } from '../../contract/explanations';
import { amounts } from '../../core/retry/bigger';
import { type Colors, humanDuration, paint } from './style';

type Attempt = NodeExplanation['attempts'][number];

/** The explanation of a node, for a person. */
export function explanationText(explanation: NodeExplanation, colors: Colors): string {
  const {
    node_id,
    attempts,
    requests,
    edits = [],
    outcome,
    reason,
    why_not_again,
    why_not_undone,
  } = explanation;
  const made = attempts.filter(({ compensates }) => !compensates).length;
  const count = made === 1 ? '1 attempt' : `${made} attempts`;
  const how = outcome === undefined ? 'is not over' : paint(colors, outcome, outcome);
  const notRun = attempts.length === 0 && reason !== undefined ? `: ${reason}` : '';
  const lines = [
    `${colors.bold(node_id)} ${how}, ${count}${notRun}`,
    ...attempts.flatMap((attempt) => attemptLines(attempt, colors)),
    ...(why_not_again === undefined ? [] : [field('not again', why_not_again)]),
    ...(why_not_undone === undefined ? [] : [field('not undone', why_not_undone)]),
    ...(requests.length === 0 ? [] : ['', 'asked for by people', ...requests.map(requestLine)]),
    ...(edits.length === 0 ? [] : ['', 'edited by people', ...edits.map(editLine)]),
  ];
  return `${lines.join('\n')}\n`;
}

function attemptLines(attempt: Attempt, colors: Colors): string[] {
  const {
    compensates,
    given = {},
    worker_id,
    started_at,
    ended_at,
    end,
    failure,
    diagnosis,
    next,
    recovery,
  } = attempt;
  const where = worker_id === undefined ? '' : ` on ${worker_id}`;
  const took =
    started_at && ended_at ? `, ${humanDuration(Date.parse(ended_at) - Date.parse(started_at))}` : '';
  const said = failure === undefined ? '' : `: ${failure}`;
  return [
    '',
    `attempt ${attempt.attempt}${compensates ? ' to undo it' : ''}${where}${took}: ${colors.bold(end ?? 'not over')}${said}`,
    ...Object.entries(given).map(([name, value]) => field('given', `${name}=${shown(value)}`)),
    ...(diagnosis
      ? [
          field(
            'class',
            `${diagnosis.class}, ${Math.round(diagnosis.confidence * 100)} % sure (${diagnosis.by}): ${diagnosis.why}`,
          ),
          field('signature', diagnosis.signature),
        ]
      : []),
    ...(next ? nextLines(next) : []),
    ...(recovery ? [field('recovery', recoveryText(recovery))] : []),
  ];
}

/** Characters of a value that a line shows. */
const VALUE = 100;

/** A value on one line, as a shell would be given it where it is not a plain word. */
function shown(value: string): string {
  const text = value.length <= VALUE ? value : `${value.slice(0, VALUE - 1)}…`;
  return /^[\w.,:/@%+=…-]+$/.test(text) ? text : JSON.stringify(text);
}

function recoveryText({ cause, strategy, why, end, took_seconds }: NonNullable<Attempt['recovery']>): string {
  const took = took_seconds === undefined ? '' : ` in ${humanDuration(took_seconds * 1_000)}`;
  return `${strategy} after ${cause}, ${end ?? 'not over'}${took}: ${why}`;
}

function nextLines({
  strategy,
  delay_seconds,
  avoid,
  resources,
  why,
}: NonNullable<Attempt['next']>): string[] {
  return [
    field('then', `${strategy ?? 'again'} in ${humanDuration(delay_seconds * 1_000)}: ${why}`),
    ...(avoid ? [field('avoids', avoid.join(', '))] : []),
    ...(resources ? [field('takes', amounts(resources))] : []),
  ];
}

function requestLine({ at, by, reason, level, refused }: NodeExplanation['requests'][number]): string {
  const asked = level === undefined ? reason : `${reason} (level ${level})`;
  return `  ${at} ${by}: ${asked}${refused === undefined ? '' : `; refused: ${refused}`}`;
}

function editLine({ at, by, run, parameters, timeout_seconds }: ExplainedEdit): string {
  const parts = [
    run === undefined ? undefined : `runs ${run}`,
    ...Object.entries(parameters ?? {}).map(([name, value]) => `${name}=${value}`),
    timeout_seconds === undefined ? undefined : `for ${humanDuration(timeout_seconds * 1_000)} at most`,
  ];
  return `  ${at} ${by}: ${parts.filter((part) => part !== undefined).join(', ')}`;
}

const field = (name: string, text: string): string => `  ${name.padEnd(9)} ${text}`;
