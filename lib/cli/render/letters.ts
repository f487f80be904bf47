import type { LetterGroupView, LetterView, ListLettersResponse } from '../../contract/letters';
import { headline } from '../../core/model/headline';
import { many } from '../../core/model/many';
import { type Colors, colorsFor } from './style';

/** Letters that a person is shown of a group; `--json` has all of them. */
const SHOWN = 20;

/** A line or two for each group: what it is, how it stands, and what the latest said. */
export function renderLetterGroups({ groups, next_cursor: next }: ListLettersResponse): string {
  if (groups.length === 0) return 'no letters\n';
  const colors = colorsFor(process.stdout);
  const more = next === undefined ? [] : [`${colors.dim(`more: --cursor ${next}`)}\n`];
  return groups
    .map(({ group, kind, class: failureClass, status, open, letters, assignee, said }) => {
      const facts = [
        failureClass ?? kind,
        `${open} of ${letters} open`,
        assignee && `seen to by ${assignee}`,
      ];
      const head = `${colors.bold(group)}  ${status.padEnd(9)}  ${facts.filter(Boolean).join(', ')}`;
      return `${head}\n  ${colors.dim(headline(said))}\n`;
    })
    .concat(more)
    .join('');
}

export function renderLetterGroup(view: LetterGroupView): string {
  const colors = colorsFor(process.stdout);
  const { group, class: failureClass, confidence, signature, letters, notes, open } = view;
  const sure = confidence === undefined ? '' : `, ${Math.round(confidence * 100)} % sure`;
  const rows: [string, string | undefined][] = [
    ['class', failureClass && `${failureClass}${sure}`],
    ['signature', signature],
    ['open', view.oldest_at === undefined ? `${open}` : `${open}, the oldest since ${view.oldest_at}`],
    ['redrive', orderText(view)],
  ];
  const shown = letters.slice(0, SHOWN);
  const more = letters.length - shown.length;
  return [
    `${colors.bold(group)}  ${view.status}\n`,
    ...rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(9)}  ${text}\n`])),
    ...indented(view.said).map((line) => colors.dim(line)),
    ...shown.flatMap((letter) => letterLines(letter, colors)),
    ...(more > 0 || view.next_letters !== undefined ? ['and more: --json has them\n'] : []),
    ...(notes.length > 0 ? ['notes\n'] : []),
    ...notes.map(({ at, by, text }) => `  ${colors.dim(at)}  ${by}: ${text}\n`),
  ].join('');
}

function letterLines(letter: LetterView, colors: Colors): string[] {
  const { letter_id, job_id, node_id, attempt, kind, status, why, redriven, tests, more_tests = 0 } = letter;
  const what = node_id === undefined ? `${kind} ${letter.queue ?? ''}`.trim() : `${node_id} of job ${job_id}`;
  const how = letter.resolved ? `resolved: ${letter.resolved.how}` : status;
  const times = redriven === 0 ? '' : `, redriven ${many(redriven, 'time')}`;
  return [
    `${letter_id}  ${how}  ${colors.bold(what)}${attempt ? `, attempt ${attempt}` : ''}${times}\n`,
    ...(letter.assignee === undefined ? [] : [`  seen to by ${letter.assignee}\n`]),
    `  ${letter.resolved?.why ?? why}\n`,
    ...(tests ?? []).map((test) => `  failed  ${test}\n`),
    ...(more_tests > 0 ? [`  and ${many(more_tests, 'more test')}\n`] : []),
  ];
}

function orderText({ order, last_order }: LetterGroupView): string | undefined {
  if (order) {
    const waits = order.canary === undefined ? '' : `, the others wait for ${order.canary}`;
    const until = order.until === undefined ? '' : ` until ${order.until}`;
    return `by ${order.by}: ${order.sent} on the way, ${order.waiting} waiting${until}${waits}`;
  }
  if (!last_order) return undefined;
  const { by, sent, left, why } = last_order;
  return `the last by ${by}: ${many(sent, 'letter')} redriven, ${left} left${why === undefined ? '' : `: ${why}`}`;
}

const indented = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}\n`);
