import { type Caller, hasScope } from '../core/access/scopes';
import type { AuditOutcome, CommandRecord } from '../core/audit/events';
import { isRepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { errorAnswer } from './http-errors';
import { notedOwner } from './noted';
import { isRefusal } from './refusal';
import { isRead, type Route } from './route';

/** A call of a route, as a host saw it. */
export interface AuditedCall {
  readonly route: Pick<Route, 'name' | 'scopes'>;
  /** Undefined where nobody is known. */
  readonly caller?: Caller | undefined;
  /** The address that it came from. */
  readonly source: string;
  /** Values of the path, as they were sent. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly correlationId?: string | undefined;
}

/** How a call was answered: with a body, or with what an error is told as. */
export type Answered = { readonly status: number; readonly body: unknown } | { readonly error: unknown };

/** What is recorded of the calls of a route. */
export type Audited = 'everything' | 'errors' | 'refusals';

const REPORTS: readonly string[] = [
  '/heartbeat',
  '/reports',
  '/started',
  '/progress',
  '/completed',
  '/failed',
];

/**
 * Commands are recorded whatever they came to. What workers report is in the journals of their jobs, with the worker: of
 * reports the record has what was not taken. Of a read it has that somebody asked for what is not theirs.
 */
export function auditedOf(route: Pick<Route, 'name'>): Audited {
  const { name } = route;
  if (isRead(route)) return 'refusals';
  return name.startsWith('POST ') && REPORTS.some((end) => name.endsWith(end)) ? 'errors' : 'everything';
}

/** The record of a call; undefined where none is kept. */
export function recordOfCall(call: AuditedCall, answered: Answered): CommandRecord | undefined {
  const { route, caller, source, params, correlationId } = call;
  const { status, code, reason } = outcomeOf(answered);
  const audited = auditedOf(route);
  if (audited === 'errors' && status < 400) return undefined;
  if (audited === 'refusals' && !('error' in answered && isRefusal(answered.error))) return undefined;
  const made = 'error' in answered ? undefined : madeBy(answered.body);
  const owner = caller && (notedOwner(caller) ?? (made ? caller.subject : undefined));
  return {
    ...{ principal: caller?.subject ?? '', source, action: route.name, outcome: wordOf(status), status },
    ...present({
      scope: caller && route.scopes.find((scope) => hasScope(caller, scope)),
      resource: resourceOf(route.name, params) ?? made,
      ...{ owner, code, reason, correlationId },
    }),
  };
}

const wordOf = (status: number): AuditOutcome =>
  status < 400 ? 'accepted' : status < 500 ? 'refused' : 'failed';

/** What the first part of a path is called as a kind of resource. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ jobs: 'job', graphs: 'graph', queues: 'pool', triggers: 'trigger', dependencies: 'dependency' },
  ...{ letters: 'letter', workers: 'worker', quarantines: 'quarantine', history: 'history' },
  notifications: 'target',
};

function resourceOf(name: string, params: Readonly<Record<string, unknown>>): string | undefined {
  const [, kind = '', parameter = ''] = /^[A-Z]+ \/([a-z]+)\/\{(\w+)\}/.exec(name) ?? [];
  const value = params[parameter];
  return typeof value === 'string' && KINDS[kind] ? named(KINDS[kind], value) : undefined;
}

/** What a call made, by the member of its answer that names it. */
const MADE = { job_id: 'job', worker_id: 'worker', hash: 'graph', run: 'cleanup' } as const;

function madeBy(body: unknown): string | undefined {
  const answer = (body ?? {}) as Readonly<Record<string, unknown>>;
  const member = (Object.keys(MADE) as (keyof typeof MADE)[]).find(
    (each) => typeof answer[each] === 'string',
  );
  return member && named(MADE[member], String(answer[member]));
}

const named = (kind: string, id: string): string => `${kind}/${id}`.slice(0, LIMITS.auditText);

function outcomeOf(answered: Answered): { status: number; code?: string; reason?: string } {
  if (!('error' in answered)) return { status: answered.status };
  const { status, body } = errorAnswer(answered.error, { traceId: '', instance: '' });
  return { status, code: body.code, ...present({ reason: reasonOf(answered.error, status) }) };
}

/** Code and reason of an error that somebody was refused with. */
export function whyRefused(error: unknown): { readonly code?: string; readonly reason?: string } {
  const { code, reason } = outcomeOf({ error });
  return present({ code, reason });
}

/** Words of ours. What is wrong with a body quotes it now and then, so of that there are the places alone. */
function reasonOf(error: unknown, status: number): string | undefined {
  if (!isRepriseError(error)) return undefined;
  const { code, context, message, problems } = error;
  if (context['isForeign'] === true) return 'it belongs to another owner';
  if (status !== 400 && status !== 413) return cut(message);
  const places = problems.map(({ path }) => path);
  return places.length === 0 ? code : cut(`at ${places.join(', ')}`);
}

const cut = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, LIMITS.auditText);
