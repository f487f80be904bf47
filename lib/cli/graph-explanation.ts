import type { ExplainedNeed, Explanation } from '../core/dag/draw/explain';
import { formatDuration } from '../core/model/duration';
import { humanDuration } from './render/style';

/** Names that a line lists. */
const NAMES = 8;

/** An explanation for a person. */
export function explanationText(about: Explanation): string {
  const { holdsUp, needs, longestPathBefore } = about;
  const from = about.durationFrom === 'declared' ? '' : `, ${about.durationFrom}`;
  const lines = [
    `${about.node} takes ${seconds(about.durationSeconds)}${from}`,
    '',
    needs.length === 0 ? `needs nothing: ${about.trigger.means}` : 'needs',
    ...needs.map((need) => `  ${need.node.padEnd(widest(needs))}  ${reason(need)}`),
    ...(needs.length === 0 ? [] : [`trigger ${about.trigger.rule}: ${about.trigger.means}`]),
    ...(about.when === undefined ? [] : [`when ${about.when}`, '  it is skipped where this does not hold']),
    ...Object.entries(about.with ?? {}).map(([name, text]) => `given $${name} = ${text}`),
    `retry ${about.retry.means}`,
    ...(about.secrets === undefined
      ? []
      : [`secrets ${listed(about.secrets, ', ')}`, '  the worker that runs it resolves them']),
    ...(about.dependencies === undefined
      ? []
      : [`depends on ${listed(about.dependencies, ', ')}`, '  it waits while one of them is open']),
    ...(about.compensate === undefined
      ? []
      : [
          `undone by ${about.compensate}`,
          '  on rollback, before what it needs is undone',
          ...(about.undoing ? [`  ${about.undoing.means}`] : []),
        ]),
    '',
    `starts after ${seconds(about.earliestStartSeconds)} at the earliest${longestPathBefore.length === 0 ? '' : `: ${listed(longestPathBefore, ' → ')}`}`,
    about.isCritical
      ? 'has no slack: what delays it delays the graph'
      : `has ${seconds(about.slackSeconds)} of slack before it delays the graph`,
    holdsUp.nodes === 0
      ? 'holds up nothing'
      : `holds up ${holdsUp.nodes} ${holdsUp.nodes === 1 ? 'node' : 'nodes'}, for ${seconds(holdsUp.remainingSeconds)} at least: ${listed(holdsUp.directly, ', ')} directly`,
  ];
  return `${lines.join('\n')}\n`;
}

function reason({ keptBy, follows, isLast }: ExplainedNeed): string {
  const last = isLast ? '  (the last to end)' : '';
  if (keptBy === 'other need') return `follows from ${follows}${last}`;
  return keptBy === 'scheduler'
    ? `residual: the scheduler holds the node until it is done${last}`
    : `structural: the state machine enters the node after it${last}`;
}

function widest(needs: readonly ExplainedNeed[]): number {
  return Math.max(...needs.map(({ node }) => node.length));
}

function listed(names: readonly string[], separator: string): string {
  if (names.length <= NAMES) return names.join(separator);
  const half = NAMES / 2;
  const more = `… ${names.length - NAMES} more …`;
  return [...names.slice(0, half), more, ...names.slice(-half)].join(separator);
}

function seconds(value: number): string {
  return value < 60 ? formatDuration(Math.round(value * 1_000)) : humanDuration(value * 1_000);
}
