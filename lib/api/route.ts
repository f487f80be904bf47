import * as z from 'zod';
import { type BodyBounds, SMALL_BODY } from '../contract/read';
import { type Caller, hasScope, type Scope } from '../core/access/scopes';
import { RepriseError } from '../core/errors';
import type { Origin } from '../core/messages/envelope';
import type { Correlation } from './correlation';

/** Schemas of the answers of a route, by HTTP status. */
export type Answers = Readonly<Record<number, z.ZodType>>;

/** What a route takes and answers, and who may call it. What is left out takes nothing, and whatever comes. */
interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends Answers> {
  /** The function that serves it on AWS; `daemon` is only there. */
  readonly by: string;
  /** Whoever asks is answered, without a token. */
  readonly open?: true;
  /** The caller needs one of them. */
  readonly scopes: readonly Scope[];
  /** Whose things it is about, in words. */
  readonly about: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How large the body may be; small, when it is not said. */
  readonly bounds?: BodyBounds;
  /** Whether a change may name the version that it is made for, in `If-Match`. */
  readonly versioned?: boolean;
  /** Whether its answer is as long as what it is about: past what every host can send it is a 413. */
  readonly whole?: boolean;
  /** The content type of its answers; plain JSON, when it is not said. Of another one, bodies are text. */
  readonly type?: string;
  readonly answers: A;
}

export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends Answers = Answers,
> extends Required<Omit<RouteSpec<P, Q, B, A>, 'open'>> {
  /** Whoever asks is answered, without a token. */
  readonly open?: true;
  /** Method and path, such as `POST /jobs/{jobId}/cancel`. */
  readonly name: string;
}

type Nothing = z.ZodObject<Record<never, never>>;
const nothing: Nothing = z.looseObject({}) as unknown as Nothing;

/** A query is taken whole: a key that is misspelt must not be a filter that does not filter. */
const noQuery = z.strictObject({});

/** Method and path of a route, by its name. */
export function placeOf(name: string): { readonly method: string; readonly path: string } {
  const [method = '', path = ''] = name.split(' ');
  return { method, path };
}

/** Whether a route changes nothing. */
export const isRead = ({ name }: Pick<Route, 'name'>): boolean => name.startsWith('GET ');

/** What a part of a route takes; absent where it takes nothing. */
export const taken = (part: z.ZodType): z.ZodObject | undefined =>
  part === nothing || part === noQuery ? undefined : (part as z.ZodObject);

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Declares a route: what it does is served beside it, by `serve`. */
export function route<
  A extends Answers,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(name: `${Method} /${string}`, spec: RouteSpec<P, Q, B, A>): Route<P, Q, B, A> {
  const { params, query, body, bounds = SMALL_BODY, ...more } = spec;
  const { type = 'application/json', versioned = false, whole = false, ...rest } = more;
  return {
    name,
    ...{ ...rest, bounds, type, versioned, whole },
    params: params ?? (nothing as unknown as P),
    query: query ?? (noQuery as unknown as Q),
    body: body ?? (nothing as unknown as B),
  };
}

/** A call of a route whose parts are checked. */
export interface ApiRequest<R extends Route> extends Correlation {
  readonly body: z.output<R['body']>;
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly caller: Caller;
  /** Unique to this call, also when the caller sends the same again. */
  readonly requestId: string;
  readonly header: (name: string) => string | undefined;
  /** How long the call may still take, milliseconds. */
  readonly remainingMs: () => number;
}

/** Statuses that a route answers with, and the body that goes with each. */
export type Status<R extends Route> = keyof R['answers'] & number;
export type AnswerBody<R extends Route, S extends Status<R>> = z.input<R['answers'][S]>;

/** A route with what it does, as a host keeps it. */
export interface Served {
  readonly route: Route;
  readonly handle: (request: ApiRequest<Route>) => Promise<Handled<number, unknown>>;
}

interface Handled<S, B> {
  readonly status: S;
  readonly body: B;
  /** Of what a change may name in `If-Match`, where it can. */
  readonly version?: string;
}

export function serve<R extends Route, S extends Status<R>>(
  route: R,
  handle: (request: ApiRequest<R>) => Promise<Handled<S, AnswerBody<R, NoInfer<S>>>>,
): Served {
  // A host hands over what the schemas of this route gave.
  return { route, handle: handle as unknown as Served['handle'] };
}

/** What is known of whoever gives a command. */
export type Commanding = Pick<ApiRequest<Route>, 'caller' | 'requestId' | 'traceId' | 'correlationId'>;

/** Where a command comes from, as its stream is told. @param name of the command: with the call it names the message. */
export function commandOrigin(
  name: string,
  { caller, requestId, traceId, correlationId }: Commanding,
): Origin & { readonly actor: { readonly kind: 'user'; readonly id: string } } {
  const actor = { kind: 'user', id: caller.subject } as const;
  return { id: `${name}/${requestId}`, actor, traceId, correlationId };
}

/** Who calls where no token is asked for: nobody, who may do nothing else. */
export const NOBODY: Caller = { subject: '', scopes: [] };

/** A route that names no scope and is not open is nobody's. @throws RepriseError FORBIDDEN */
export function requireScope(caller: Caller, { open, scopes }: Pick<Route, 'open' | 'scopes'>): void {
  if (open || scopes.some((scope) => hasScope(caller, scope))) return;
  throw new RepriseError('FORBIDDEN', `this call needs the scope ${scopes.join(' or ')}`);
}

/** @throws RepriseError INPUT_INVALID that names this place of the request. */
export function invalidInput(path: string, message: string): RepriseError {
  const problems = [{ code: 'INPUT_INVALID' as const, path, message }];
  return new RepriseError('INPUT_INVALID', `${path}: ${message}`, { problems });
}
