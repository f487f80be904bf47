import type { OpenAPIV3_1 as OpenApi } from 'openapi-types';
import * as z from 'zod';
import { PROBLEM_JSON, problemDetails } from '../contract/errors';
import { SCOPES } from '../core/access/scopes';
import { OPERATIONS, type OperationId } from './operations';
import { PAGES } from './perform';
import { isRead, placeOf, type Route, taken } from './route';
import { ROUTES } from './routes';

/** What every call may be answered besides what its route says. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request is wrong: `problems` names the places.',
  401: 'No token, or one that is not valid.',
  403: 'The token does not carry a scope that this call needs.',
  429: 'Too many calls, or no room: try again after `Retry-After` seconds.',
  500: 'A fault on our side: quote the trace id.',
  503: 'A service that this call needs is busy: try again after `Retry-After` seconds.',
};
/** Headers of refusals, by status. */
const REFUSAL_HEADERS: Readonly<Record<string, readonly string[]>> = {
  ...{ 401: ['WWW-Authenticate'], 429: ['Retry-After'], 503: ['Retry-After'] },
};
/** Of calls about one thing. */
const NOT_FOUND = { 404: 'There is no such thing, or it is not yours.' };
/** Of calls that change something. */
const CONFLICT = { 409: 'It is not in a state for that.' };
const TOO_LARGE = { 413: 'What is sent, or would be answered, is too large.' };
const NOT_JSON = { 415: 'The body is not JSON.' };
/** Of calls that may name the version that they are made for. */
const MISMATCH = { 412: 'It is not in the version that `If-Match` names: read it again.' };

const MEANING: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'It was asked for, and journalled.',
  503: 'The engine cannot serve.',
};

const CALL: OpenApi.HeaderObject = {
  description: 'Names this call in the events that it causes: of the caller where it sent one, else made.',
  schema: { type: 'string' },
};

const TRACE: OpenApi.HeaderObject = {
  schema: { type: 'string', maxLength: 128 },
  description: 'Names this call in logs, journals and events. Send one to have it used.',
};

const text = (description: string): OpenApi.HeaderObject => ({ description, schema: { type: 'string' } });

const ANSWER_HEADERS: Readonly<Record<string, OpenApi.HeaderObject>> = {
  ETag: text(
    'Names this answer, for `If-None-Match`; before its dot, the version of what can be changed, for `If-Match`.',
  ),
  'WWW-Authenticate': text('`Bearer`: a token is asked for.'),
  'Retry-After': text('In how many seconds to ask again.'),
  Link: text('The address of the next page, `rel="next"`; absent on the last.'),
  'Idempotency-Replayed': text(
    '`true`: the answer was given before, to the same call under this `Idempotency-Key`.',
  ),
};

const sent = (
  name: string,
  description: string,
  schema: NonNullable<OpenApi.ParameterObject['schema']>,
): OpenApi.ParameterObject => ({
  ...{ name, in: 'header', required: false, description, schema },
});

const IDEMPOTENCY_KEY = sent(
  'Idempotency-Key',
  'The same call under the same key is done once, and answered the same for a day; another call under it is a 409.',
  { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]{1,255}$' },
);
const IF_MATCH = sent(
  'If-Match',
  'The version that the change is made for, as `ETag` has it, or `*`: 412 for any other.',
  { type: 'string', maxLength: 1_000 },
);
const IF_NONE_MATCH = sent(
  'If-None-Match',
  'An `ETag` of an earlier answer: 304 where it is still the same.',
  { type: 'string', maxLength: 1_000 },
);

/** Headers that a call of a route may have. */
const headersOf = (route: Route): OpenApi.ParameterObject[] =>
  isRead(route) ? [IF_NONE_MATCH] : [IDEMPOTENCY_KEY, ...(route.versioned ? [IF_MATCH] : [])];

/** Headers that such an answer of a route may have. */
function answerHeadersOf(route: Route, status: number): string[] {
  if (!isRead(route)) return ['Idempotency-Replayed'];
  if (status !== 200) return [];
  const pages = Object.values(PAGES).some((key) => key in (taken(route.query)?.shape ?? {}));
  return ['ETag', ...(pages ? ['Link'] : [])];
}

const NOT_MODIFIED: OpenApi.ResponseObject = {
  description: 'It is as `If-None-Match` says.',
  headers: Object.fromEntries(
    ['X-Trace-Id', 'X-Correlation-Id', 'ETag', 'Link'].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  ),
};

/**
 * The REST API as an OpenAPI 3.1 document: made of the list of routes and of the schemas that check requests.
 * @param version Of Reprise.
 * @param has Whether the host has a route; a daemon and a deployment have some that the other one has not.
 */
export function openApi(version: string, has: (route: Route) => boolean = () => true): OpenApi.Document {
  const bodies = new Bodies();
  const routes = (Object.entries<Route>(ROUTES) as [OperationId, Route][]).filter(([, route]) => has(route));
  const paths: Record<string, OpenApi.PathItemObject> = {};
  for (const [id, route] of routes) {
    const { method, path } = placeOf(route.name);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(id, route, bodies) };
  }
  const refusals = Object.entries({
    ...{ ...REFUSALS, ...NOT_FOUND, ...CONFLICT, ...TOO_LARGE, ...NOT_JSON, ...MISMATCH },
  });
  return {
    openapi: '3.1.1',
    info: {
      ...{ title: 'Reprise', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      description:
        'Orchestration and recovery of test automation: jobs, queues, retries, dead letters, journals.',
    },
    servers: [{ url: '/', description: 'Where this document was read' }],
    tags: [...new Set(routes.map(([, route]) => tagOf(route)))].map((name) => ({ name })),
    paths,
    components: {
      responses: Object.fromEntries(
        refusals.map(([status, description]) => [
          `Refused${status}`,
          answered(description, bodies.answer('Problem', problemDetails), {
            ...{ type: PROBLEM_JSON, headers: REFUSAL_HEADERS[status] ?? [] },
          }),
        ]),
      ),
      schemas: bodies.schemas(),
      headers: { 'X-Trace-Id': TRACE, 'X-Correlation-Id': CALL, ...ANSWER_HEADERS },
      securitySchemes: {
        bearer: {
          ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          description: `Scopes: ${Object.values(SCOPES).join(', ')}. The daemon of a machine takes the token of its server.json.`,
        },
      },
    },
  };
}

function operation(id: OperationId, route: Route, bodies: Bodies): OpenApi.OperationObject {
  const { summary, example } = OPERATIONS[id];
  const body = taken(route.body);
  const changes = !isRead(route);
  const refusals = {
    ...{ ...REFUSALS, ...(taken(route.params) && NOT_FOUND) },
    ...{ ...(changes && CONFLICT), ...((body || route.whole) && TOO_LARGE), ...(body && NOT_JSON) },
    ...(route.versioned && MISMATCH),
  };
  return {
    ...{ operationId: id, summary, description: `About: ${route.about}.`, tags: [tagOf(route)] },
    security: route.open ? [] : [{ bearer: [...route.scopes] }],
    parameters: [
      ...parameters('path', taken(route.params), example.params),
      ...parameters('query', taken(route.query), example.query),
      ...headersOf(route),
    ],
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: bodies.request(id, body), example: example.body } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.keys(refusals).map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]),
      ),
      // What a route answers of its own is said of it in place of what is said of all.
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, schema]) => [
          status,
          answered(MEANING[status] ?? 'Done.', bodies.answer(id, schema), {
            ...{ type: route.type, headers: answerHeadersOf(route, Number(status)) },
          }),
        ]),
      ),
      ...(isRead(route) && { 304: NOT_MODIFIED }),
    },
  };
}

/** Operations of one resource stand together: the first part of their path. */
const tagOf = ({ name }: Route): string => /\/(\w+)/.exec(name)?.[1] ?? '';

const answered = (
  description: string,
  schema: OpenApi.ReferenceObject,
  { type = 'application/json', headers = [] }: { type?: string; headers?: readonly string[] } = {},
): OpenApi.ResponseObject => ({
  description,
  headers: {
    ...Object.fromEntries(
      ['X-Trace-Id', 'X-Correlation-Id', ...headers].map((name) => [
        name,
        { $ref: `#/components/headers/${name}` },
      ]),
    ),
  },
  content: { [type]: { schema } },
});

function parameters(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  example: Readonly<Record<string, unknown>> = {},
): OpenApi.ParameterObject[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = plain(
    z.toJSONSchema(schema, { io: 'input' }),
  ) as OpenApi.SchemaObject;
  return Object.entries(properties).map(([name, of]) => ({
    ...{ name, in: place, required: place === 'path' || required.includes(name) },
    // The types know no number for the ends of an open range; the standard does.
    schema: of as NonNullable<OpenApi.ParameterObject['schema']>,
    ...(example[name] !== undefined && { example: example[name] }),
  }));
}

/** Schemas of bodies, each described once under a name however many operations have it. */
class Bodies {
  readonly #requests = z.registry<{ id: string }>();
  readonly #answers = z.registry<{ id: string }>();

  request(id: string, schema: z.ZodType): OpenApi.ReferenceObject {
    return named(this.#requests, `${pascal(id)}Request`, schema);
  }

  answer(id: string, schema: z.ZodType): OpenApi.ReferenceObject {
    return named(this.#answers, `${pascal(id)}Answer`, schema);
  }

  schemas(): Record<string, OpenApi.SchemaObject> {
    return { ...described(this.#requests, 'input'), ...described(this.#answers, 'output') };
  }
}

/** The schemas of a registry, with those that stand in several of them or in themselves beside them. */
function described(registry: z.core.$ZodRegistry<{ id: string }>, io: 'input' | 'output') {
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => `${SCHEMAS}${id}` });
  const { __shared: shared, ...all } = JSON.parse(
    JSON.stringify(schemas).replaceAll(`${SCHEMAS}__shared#/$defs/`, `${SCHEMAS}${io}-`),
  );
  const parts = Object.entries(shared?.$defs ?? {}).map(([id, schema]) => [`${io}-${id}`, schema]);
  return plain({ ...all, ...Object.fromEntries(parts) }) as Record<string, OpenApi.SchemaObject>;
}

const SCHEMAS = '#/components/schemas/';

function named(
  registry: z.core.$ZodRegistry<{ id: string }>,
  id: string,
  schema: z.ZodType,
): OpenApi.ReferenceObject {
  if (!registry.has(schema)) registry.add(schema, { id });
  return { $ref: `${SCHEMAS}${registry.get(schema)?.id}` };
}

const pascal = (id: string): string => `${id.charAt(0).toUpperCase()}${id.slice(1)}`;

/** What the library says besides of each schema, and the document says once or must not. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each) => (key === '$schema' || key === '$id' ? undefined : each)));
