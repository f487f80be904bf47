import fc from 'fast-check';
import type { Route } from '../../lib/api/route';
import { ROUTES } from '../../lib/api/routes';
import { graphDocumentSchema } from '../../lib/core/dag/check/schema';
import { seededRandom } from '../support/graphs';
import { spoiled, valuesOf } from './values';

export interface FuzzRequest {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Names that were seen in answers, by the name of a parameter of a path. */
export type Seen = ReadonlyMap<string, readonly string[]>;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const PATHS = [
  '%00',
  '%2e%2e',
  '%252f',
  '%ff',
  'a'.repeat(70),
  'a%20b',
  '%F0%9F%98%80',
  '__proto__',
  '-',
  'A.B:C',
  '0',
];
const QUERIES = [
  'from=-1',
  'limit=0',
  'limit=1e9',
  'cursor=x',
  'owner=',
  'owner=a&owner=b',
  '__proto__=1',
  '%=%',
  'status=',
];
const HEADERS: readonly (readonly [string, string])[] = [
  ['idempotency-key', 'k'.repeat(300)],
  ['idempotency-key', 'k'],
  ['x-trace-id', 'a b'],
  ['x-trace-id', 't'.repeat(1_000)],
  ['x-attempt-token', 'none'],
  ['authorization', 'Bearer none'],
  ['authorization', 'Basic eDp5'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-encoding', 'gzip'],
  ['accept', 'image/png'],
  ['if-none-match', '*'],
];
/** Bodies that are no JSON, or more of it than anybody sends. */
const BODIES: readonly (string | Uint8Array)[] = [
  ...['{', '', 'null', '[]', '"x"', '1e999', '{"a":1,"a":2}', '\ufeff{}', '{"a":"\\ud800"}', '{}{}'],
  ...['['.repeat(100_000), `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`, `[${'0,'.repeat(300_000)}0]`],
  ...[
    `{"a":"${'x'.repeat(1_200_000)}"}`,
    new Uint8Array([0xff, 0xfe, 0x7b]),
    new Uint8Array([0x7b, 0xc3, 0x28, 0x7d]),
  ],
];

const CAUSES = [
  { schedule: { cron: '0 3 * * *' } },
  { schedule: { cron: '*/5 * * * *', timezone: 'Europe/Paris', missed: 'all' } },
  {
    event: {
      source: ['a'],
      detail: { n: [{ numeric: ['>', 1] }], $or: [{ a: ['b'] }, { c: [{ exists: false }] }] },
    },
  },
  { event: { 'detail-type': [{ wildcard: 'a*b*' }, { 'anything-but': { prefix: 'x' } }] } },
];

interface Plan {
  readonly body: ReturnType<typeof valuesOf>;
  readonly query: ReturnType<typeof valuesOf>;
  readonly route: Route;
}

const graphs = valuesOf(graphDocumentSchema);
const plans: readonly Plan[] = Object.values<Route>(ROUTES).map((route) => ({
  route,
  body: valuesOf(route.body),
  query: valuesOf(route.query),
}));

/** What others need to be about something. */
const makers = plans.filter(({ route }) => /^(POST \/(jobs|graphs|workers|events)|PUT .*)$/.test(route.name));

/**
 * Requests that follow from the seed and from what was seen: half of them as the contract wants them, the others with
 * something wrong in one place.
 */
export function createRequests(seed: number, seen: Seen) {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const oneOf = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  const sample = <T>(values: fc.Arbitrary<T>) =>
    fc.sample(values, { seed: pick(2 ** 31), numRuns: 1 })[0] as T;

  function bodyOf({ route, body }: Plan): unknown {
    const value = sample(body);
    const { job } = value as { job?: object };
    if (hasGraph(route) && pick(8) > 0) bring(job ?? value);
    if (job && pick(8) > 0) Object.assign(value as object, { on: oneOf(CAUSES) });
    return withGraphs(value, () => (pick(8) === 0 ? sample(graphs) : graphOf(route)));
  }

  /** One that compiles, more often than not. */
  function graphOf({ name }: Route): unknown {
    const size = 1 + pick(6);
    const nodes = Array.from({ length: size }, (_, i) => ({
      ...(sample(graphs) as { nodes: readonly object[] }).nodes[0],
      ...{ id: `n${i}`, run: 'true', suite: undefined, needs: i === 0 ? [] : [`n${pick(i)}`] },
      ...(pick(3) === 0
        ? {}
        : {
            when: undefined,
            forEach: undefined,
            secrets: undefined,
            compensate: undefined,
            matrix: undefined,
          }),
    }));
    return { name: name.includes('graphs') ? 'g' : `g${pick(5)}`, nodes };
  }

  function pathOf({ route }: Plan): string {
    const [, path = ''] = route.name.split(' ');
    return path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const known = seen.get(name) ?? [];
      if (pick(10) === 0) return oneOf(PATHS);
      return known.length > 0 && pick(4) > 0 ? oneOf(known) : oneOf(['a', 'default', '1', 'none']);
    });
  }

  function queryOf({ query }: Plan): string {
    if (pick(8) === 0) return `?${oneOf(QUERIES)}`;
    const value = sample(query) as Readonly<Record<string, unknown>>;
    const text = new URLSearchParams(
      Object.entries(value).map(([key, part]): [string, string] => [
        key,
        typeof part === 'object' ? JSON.stringify(part) : String(part),
      ]),
    ).toString();
    return text === '' || pick(2) === 0 ? '' : `?${text}`;
  }

  return function next(): FuzzRequest {
    const plan = pick(3) === 0 ? oneOf(makers) : oneOf(plans);
    const [method = ''] = plan.route.name.split(' ');
    const asked = bodyOf(plan);
    const wrong = pick(8);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (wrong === 0) headers[oneOf(HEADERS)[0]] = oneOf(HEADERS)[1];
    const spoil = wrong === 1 || wrong === 2;
    const body = wrong === 3 ? oneOf(BODIES) : JSON.stringify(spoil ? spoiled(asked, pick) : asked);
    const used = wrong === 4 && pick(3) === 0 ? oneOf(METHODS) : method;
    const hasBody = !['GET', 'HEAD'].includes(used);
    const path = pathOf(plan) + queryOf(plan);
    return { route: plan.route.name, method: used, path, headers, ...(hasBody ? { body } : {}) };
  };
}

const hasGraph = ({ name }: Route) => ['POST /jobs', 'POST /graphs', 'PUT /triggers/{name}'].includes(name);

/** A graph is sent, or named by its hash: here it is sent. */
function bring(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  Reflect.deleteProperty(body, 'graph_hash');
  Object.assign(body, { execution_graph: {} });
}

/** Wherever a body may hold a graph. */
function withGraphs(value: unknown, graph: () => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === 'execution_graph' ? graph() : withGraphs(part, graph),
    ]),
  );
}
