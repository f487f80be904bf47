import { z } from 'zod';
import type { Caller, Scope } from '../core/access/scopes';
import { formatPath } from '../core/dag/check/problems';
import { type Problem, RepriseError } from '../core/errors';

export interface ApiRequest<Body, Params, Query> {
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  readonly caller: Caller;
  readonly traceId: string;
  /** Unique to this call, also when the caller sends the same again. */
  readonly requestId: string;
  readonly header: (name: string) => string | undefined;
  /** How long the call may still take, milliseconds. */
  readonly remainingMs: () => number;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** One route: what it takes, who may call it, what it does. Schemas are the contract's; a host serves it. */
export interface Route<Body extends z.ZodType, Params extends z.ZodType, Query extends z.ZodType> {
  /** Method and path, such as `POST /jobs/{jobId}/cancel`. */
  readonly name: string;
  /** The caller needs one of them. */
  readonly scopes: readonly Scope[];
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  readonly handle: (
    request: ApiRequest<z.output<Body>, z.output<Params>, z.output<Query>>,
  ) => Promise<ApiResponse>;
}

/** A route of any shape, as a host keeps them. */
// biome-ignore lint/suspicious/noExplicitAny: the schemas of a route type its handler; a list of routes has no one type.
export type AnyRoute = Route<any, any, any>;

/** Takes nothing, and whatever comes. */
export const none = z.looseObject({});

/** What a trace id may look like: it goes into journals, logs, events and headers. */
export const isTraceId = (text: string): boolean => /^[A-Za-z0-9_.:=;-]{1,128}$/.test(text);

/** @throws RepriseError FORBIDDEN */
export function requireScope(caller: Caller, scopes: readonly Scope[]): void {
  if (scopes.some((scope) => caller.scopes.includes(scope))) return;
  throw new RepriseError('FORBIDDEN', `this call needs the scope ${scopes.join(' or ')}`);
}

/** @throws RepriseError INPUT_INVALID with a JSON path for every problem. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue): Problem => {
    const path = formatPath(issue.path as (string | number)[]);
    return { code: 'INPUT_INVALID', path, message: messageOf(issue) };
  });
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : '';
  throw new RepriseError('INPUT_INVALID', `${first?.path}: ${first?.message}${more}`, { problems });
}

/** What is wrong with the name of a key stands one level deeper than what is wrong with a value. */
export function messageOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
}
