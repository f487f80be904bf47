import type { FireTriggerResponse, TriggerSummary, TriggerView } from '../../contract/triggers';
import { colorsFor } from './style';

/** Characters of an event pattern in a table. */
const PATTERN_WIDTH = 60;

/** One line for each trigger: name, status, and what it waits for. */
export function renderTriggers({ triggers }: { readonly triggers: readonly TriggerSummary[] }): string {
  if (triggers.length === 0) return 'no triggers\n';
  const width = Math.max(...triggers.map(({ name }) => name.length));
  return triggers
    .map(({ name, status, on }) => `${name.padEnd(width)}  ${status.padEnd(6)}  ${sourceOf(on)}\n`)
    .join('');
}

export function renderTrigger({
  name,
  status,
  on,
  overlap,
  job,
  running,
  waiting,
  next,
  recent,
}: TriggerView): string {
  const colors = colorsFor(process.stdout);
  const { graph_hash, priority, deadline_seconds, parameters = {} } = job;
  const told = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  const rows: [string, string][] = [
    ['on', sourceOf(on)],
    ['overlap', overlap],
    ['graph', graph_hash.slice(0, 12)],
    ['priority', priority],
    ...(deadline_seconds === undefined ? [] : [['deadline', `${deadline_seconds} s`] as [string, string]]),
    ...(told.length === 0 ? [] : [['parameters', told.join(' ')] as [string, string]]),
    ...(next === undefined ? [] : [['next', next.join('  ')] as [string, string]]),
    ...(running.length === 0 ? [] : [['running', running.join(' ')] as [string, string]]),
    ...(waiting === undefined ? [] : [['waiting', waiting] as [string, string]]),
  ];
  const deeds = recent.map(({ at, what, firing = '', job_id = '', why = '' }) => {
    return `  ${colors.dim(at)}  ${what.padEnd(7)}  ${[firing, job_id, why].filter(Boolean).join('  ')}\n`;
  });
  return [
    `${colors.bold(name)}  ${status}\n`,
    ...rows.map(([key, value]) => `  ${key.padEnd(10)}  ${value}\n`),
    ...deeds,
  ].join('');
}

export function renderFired({ name, job_ids }: FireTriggerResponse): string {
  if (job_ids.length > 0) return job_ids.map((jobId) => `job ${jobId}\n`).join('');
  return `trigger ${name} started no job: its overlap policy said so, see \`reprise trigger show ${name}\`\n`;
}

function sourceOf(on: TriggerSummary['on']): string {
  if ('schedule' in on) return `${on.schedule.cron}  ${on.schedule.timezone}  missed ${on.schedule.missed}`;
  const pattern = JSON.stringify(on.event);
  return pattern.length > PATTERN_WIDTH ? `${pattern.slice(0, PATTERN_WIDTH)}…` : pattern;
}
