import type { TraceResponse } from '../../contract/traces';
import type { Colors } from './style';

type Line = TraceResponse['lines'][number];

/** What carries an id, a line each: time, where, what, and why. */
export function traceText({ id, jobs, lines, total }: TraceResponse, colors: Colors): string {
  const head = [
    `${colors.bold(id)}  ${total} lines`,
    ...jobs.map(({ job_id, trace_id }) => colors.dim(`job ${job_id}, trace ${trace_id}`)),
  ];
  const width = Math.max(...lines.map(({ stream, seq }) => `${stream} ${seq}`.length));
  return `${[...head, '', ...lines.map((line) => textOf(line, width, colors))].join('\n')}\n`;
}

function textOf(line: Line, width: number, colors: Colors): string {
  const { at, stream, seq, kind, type, cause, actor, to, correlation_id: call } = line;
  const { node_id: node, attempt, worker_id: worker } = line;
  const about = [node, attempt, worker && `on ${worker}`].filter((part) => part !== undefined).join(' ');
  const why = [
    actor && `by ${actor.kind} ${actor.id}`,
    call && `call ${call}`,
    actor && `because of ${cause}`,
  ];
  const said = [about, to && `to ${to}`].filter(Boolean).join(' ');
  const place = `${stream} ${seq}`.padEnd(width);
  const what = `${SIGN[kind]} ${type}${said === '' ? '' : ` ${said}`}`;
  return `${colors.dim(at)}  ${place}  ${what}  ${colors.dim(why.filter(Boolean).join(', '))}`.trimEnd();
}

/** What happened stands under a dot; what was sent, under an arrow. */
const SIGN: Readonly<Record<Line['kind'], string>> = {
  event: '·',
  attempt: '·',
  message: '→',
  notification: '⇒ event',
  workflow: '→ workflow',
};
