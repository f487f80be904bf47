import { createHash } from 'node:crypto';
import { parse } from '../contract/read';
import type { Caller } from '../core/access/scopes';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { quoted } from '../core/model/quoted';
import { bodyOf } from './body';
import type { Correlation } from './correlation';
import { cursorAt, placeAt } from './cursor';
import {
  type AnswerKeeping,
  IDEMPOTENCY_KEY,
  idempotencyKeyOf,
  namedCall,
  onceAnswered,
  REPLAYED,
  requestIdOf,
} from './idempotency';
import { type ApiRequest, invalidInput, isRead, type Route, requireScope, type Served, taken } from './route';

/** A call as a host hands it over: nothing of it is checked yet. */
export interface Received extends Correlation {
  readonly caller: Caller;
  readonly requestId: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly bytes: Uint8Array;
  readonly header: (name: string) => string | undefined;
  /** How long the call may still take, milliseconds. */
  readonly remainingMs: () => number;
}

/** What a host sends. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where there is none to send. */
  readonly text?: string;
  /** The same before it became text. */
  readonly body?: unknown;
}

/**
 * Serves a call, the same on every host: who may, what is sent, once for each `Idempotency-Key`, `ETag` and
 * `If-None-Match`, and the address of the next page.
 * @throws RepriseError of the route, and for what the call has wrong.
 */
export async function perform(
  { route, handle }: Served,
  call: Received,
  keeping?: AnswerKeeping,
): Promise<Reply> {
  requireScope(call.caller, route);
  const sent = bodyOf(route, call.bytes, call.header);
  const { bytes: _bytes, ...rest } = call;
  const request: ApiRequest<Route> = {
    ...rest,
    body: parse(route.body, sent),
    params: asWritten(call.params, parse(route.params, call.params)),
    query: asWritten(call.query, parse(route.query, call.query)),
  };
  if (isRead(route)) return read({ route, handle }, request, call.query);
  const key = idempotencyKeyOf(call.header(IDEMPOTENCY_KEY));
  if (key === undefined || !keeping) {
    const { status, body } = await handle(request);
    return { status, headers: {}, text: textOf(route, body), body };
  }
  const asked = { route: route.name, params: call.params, query: call.query, body: sent };
  const named = namedCall(key, call.caller.subject, asked);
  let made: unknown;
  const make = async () => {
    const { status, body } = await handle({ ...request, requestId: requestIdOf(named) });
    made = body;
    return { status, body: textOf(route, body) };
  };
  const kept = { remainingMs: call.remainingMs(), make };
  const { status, body: text, isReplayed } = await onceAnswered(keeping, named, kept);
  if (!isReplayed) return { status, headers: {}, text, body: made };
  return { status, headers: { [REPLAYED]: 'true' }, text, body: JSON.parse(text) };
}

/**
 * What was read of an address, where its numbers are written as JSON writes them: the language takes `0x10`, ` 1` and nothing at all
 * for numbers too, and the document of the API does not.
 * @throws RepriseError INPUT_INVALID
 */
function asWritten<Read>(given: Readonly<Record<string, unknown>>, read: Read): Read {
  for (const [key, value] of Object.entries(read as object)) {
    const text = given[key];
    if (typeof value === 'number' && typeof text === 'string' && !NUMBER.test(text))
      throw invalidInput(key, `${quoted(text)} is no number: write it in digits, such as ${value}`);
  }
  return read;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

/** As its content type has it: what is not JSON is text already. */
const textOf = ({ type }: Route, body: unknown): string =>
  /json$/.test(type) ? JSON.stringify(body) : String(body);

/** @throws RepriseError INPUT_TOO_LARGE past what every host can send. */
function requireSendable({ whole }: Route, text: string): void {
  if (!whole) return;
  const size = Buffer.byteLength(text);
  if (size <= LIMITS.sentBytes) return;
  const message = `the answer has ${size} bytes, more than ${LIMITS.sentBytes}: make it of an export of the journal (\`reprise report --file EXPORT\`)`;
  throw new RepriseError('INPUT_TOO_LARGE', message);
}

async function read(
  { route, handle }: Served,
  request: ApiRequest<Route>,
  query: Received['query'],
): Promise<Reply> {
  const list = listOf(route, request);
  const { status, version, ...handled } = await handle(list ? placed(request, list) : request);
  const body = list ? withCursor(handled.body, list) : handled.body;
  const text = textOf(route, body);
  requireSendable(route, text);
  if (status !== 200) return { status, headers: {}, text, body };
  const tag = `"${version === undefined ? '' : `${version}.`}${digest(text)}"`;
  const link = linkToNext(route, body, query);
  const headers = { ETag: tag, 'Cache-Control': 'private, no-cache', ...(link && { Link: link }) };
  const known = request.header('If-None-Match');
  return known !== undefined && isOneOf(tag, known)
    ? { status: 304, headers }
    : { status, headers, text, body };
}

/** What makes a list the one that it is, where pages of it have cursors: whose, of what, by which filters, in which order. */
function listOf(route: Route, { caller, params, query }: ApiRequest<Route>): unknown {
  if (!('cursor' in (taken(route.query)?.shape ?? {}))) return undefined;
  const { limit: _limit, cursor: _cursor, ...filters } = query as ListQuery;
  return [route.name, caller.subject, params, filters];
}

interface ListQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** The request with the place that its cursor names. @throws RepriseError INPUT_INVALID */
function placed(request: ApiRequest<Route>, list: unknown): ApiRequest<Route> {
  const { cursor, ...query } = request.query as ListQuery;
  return cursor === undefined ? request : { ...request, query: { ...query, cursor: placeAt(list, cursor) } };
}

function withCursor(body: unknown, list: unknown): unknown {
  const { next_cursor: place, ...rest } = body as { readonly next_cursor?: string };
  return place === undefined ? body : { ...rest, next_cursor: cursorAt(list, place) };
}

/** Enough of a hash that no two answers have the same. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Whether a list of tags, as `If-None-Match` has it, names this one; weak ones are as good here. */
function isOneOf(tag: string, list: string): boolean {
  return list.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
}

/** Members of an answer that say where its next page begins, with the key of the query that takes it. */
export const PAGES = {
  next_cursor: 'cursor',
  next_from: 'from',
  next_nodes: 'nodes_from',
  next_letters: 'letters_from',
};

/** Relative to the address that was called, so that it holds behind any stage and proxy. */
function linkToNext(route: Route, body: unknown, query: Received['query']): string | undefined {
  const answer = body as Readonly<Record<string, unknown>>;
  for (const [member, key] of Object.entries(PAGES)) {
    const place = answer[member];
    // What is still being written has its end for its next place.
    if (place === undefined || place === answer['size'] || !(key in (taken(route.query)?.shape ?? {})))
      continue;
    const { cursor: _cursor, ...same } = query;
    const next = new URLSearchParams({ ...(same as Record<string, string>), [key]: String(place) });
    return `<?${next}>; rel="next"`;
  }
  return undefined;
}
