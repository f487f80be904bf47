import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Route, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { problemDetails } from '../../../lib/contract/errors';
import { executionAccepted } from '../../../lib/contract/executions';
import { recordedEvent } from '../../../lib/contract/jobs';
import { line, RECORD_BOUNDS, recordOf, text, token } from '../../../lib/core/model/bounded';

/** What has no bound of its own, and why that is well. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'the front end of the compiler bounds a graph, and the body around it is bounded':
    'executionGraph.* submitJobRequest.execution_graph.* resumeJobRequest.execution_graph.* registerGraphRequest.execution_graph.* putTriggerRequest.job.execution_graph.*',
  'what a call over a connection asks for is read as an `executionRequest`, and the parts of a message are counted':
    'engineMessage.execution',
  'each report is read as the body of its own callback, and the parts of a call are counted':
    'reportsRequest.reports[].body',
  'an event is as large as its bus lets it be, and nothing of it is kept but what a trigger asks for':
    'triggerMessageSchema.event',
};
const excepted = new Set(Object.values(EXCEPTIONS).flatMap((places) => places.split(' ')));

/** Answers are made of what was bounded on its way in, and are read up to `LIMITS.answerBytes`. */
const answers = new Set<unknown>([
  ...Object.values(ROUTES).flatMap((route) => Object.values(route.answers)),
  ...[problemDetails, recordedEvent, executionAccepted],
]);

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
}
interface Check {
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
}

/** What a schema checks besides its type; that of a format is its own check. */
function checksOf(schema: z.ZodType): Check[] {
  const def = schema._zod.def as unknown as Check & { readonly checks?: readonly { _zod: { def: Check } }[] };
  return [def, ...(def.checks ?? []).map((check) => check._zod.def)];
}

const endsSomewhere = (pattern: RegExp) => {
  const outsideClasses = pattern.source.replace(/\[(\\.|[^\]])*\]/g, 'x');
  return /^\^.*\$$/.test(outsideClasses) && !/[*+]|\{\d+,\}/.test(outsideClasses);
};

/** The places of a schema that take anything of any size. */
function unbounded(schema: z.ZodType, path: string): string[] {
  const def = schema._zod.def as unknown as Def;
  const checks = checksOf(schema);
  const has = (name: string) => checks.some(({ check }) => check === name);
  const inner = (part: z.ZodType | undefined, at = path) => (part ? unbounded(part, at) : []);
  switch (def.type) {
    case 'string':
      return has('max_length') || checks.some(({ pattern }) => pattern && endsSomewhere(pattern))
        ? []
        : [path];
    case 'number':
      return checks.some(({ format }) => format === 'safeint') || (has('greater_than') && has('less_than'))
        ? []
        : [path];
    case 'array':
      return [...(has('max_length') ? [] : [path]), ...inner(def.element, `${path}[]`)];
    case 'record':
      return [
        ...(RECORD_BOUNDS.has(schema) ? [] : [path]),
        ...inner(def.keyType, `${path}.key`),
        // Whatever is inside is bounded with the bytes of the whole.
        ...(RECORD_BOUNDS.get(schema)?.bytes === undefined ? inner(def.valueType, `${path}.*`) : []),
      ];
    case 'object':
      return [
        ...Object.entries(def.shape ?? {}).flatMap(([key, part]) => unbounded(part, `${path}.${key}`)),
        ...(def.catchall && def.catchall._zod.def.type !== 'never' ? [path] : []),
      ];
    case 'union':
      return [...new Set((def.options ?? []).flatMap((option) => unbounded(option, path)))];
    case 'optional':
    case 'nonoptional':
    case 'default':
      return inner(def.innerType);
    case 'pipe':
      // What is looked at as a whole first is read as what comes after.
      return inner(def.in?._zod.def.type === 'unknown' ? def.out : def.in);
    case 'enum':
    case 'literal':
    case 'boolean':
    case 'never':
      return [];
    // `unknown`, `any`, `lazy` as JSON is, and whatever else there is.
    default:
      return [path];
  }
}

function schemasOf(folder: string): [string, z.ZodType][] {
  return readdirSync(folder).flatMap((file) => {
    const exported = require(resolve(folder, file)) as Record<string, unknown>;
    return Object.entries(exported).flatMap(([name, value]) => schemasIn(name, value));
  });
}

function schemasIn(name: string, value: unknown): [string, z.ZodType][] {
  if (value instanceof z.ZodType) return answers.has(value) ? [] : [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => schemasIn(`${name}.${key}`, part));
}

const schemas = ['lib/contract', join('lib', 'core', 'messages')].flatMap(schemasOf);
const faults = schemas.flatMap(([name, schema]) => unbounded(schema, name));

describe('what comes in over HTTP and through queues', () => {
  it('is described by the schemas that are looked at here', () => {
    const names = schemas.map(([name]) => name);
    for (const name of ['submitJobRequest', 'callbackBodies.failed', 'executionRequest', 'poolMessageSchema'])
      expect(names).toContain(name);
    const used = Object.values(ROUTES).flatMap(({ params, query, body }) => [params, query, body]);
    const known = new Set(schemas.map(([, schema]) => schema));
    expect(used.filter((schema) => !known.has(schema) && taken(schema))).toEqual([]);
  });

  it('has no key of a query that is read over: it is misspelt, and would filter nothing', () => {
    const loose = Object.values<Route>(ROUTES).filter(
      ({ query }) => query.safeParse({ nonsense: '1' }).success,
    );
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it('has a bound in every field', () => {
    expect(faults.filter((place) => !excepted.has(place))).toEqual([]);
  });

  it('has no exception that nothing needs', () => {
    expect([...excepted].filter((place) => !faults.includes(place))).toEqual([]);
  });
});

describe('the look for what is unbounded', () => {
  it.each([
    [z.string(), ['s']],
    [z.string().regex(/^[a-z]+$/), ['s']],
    [z.string().regex(/^[a-z+*]{1,9}$/), []],
    [z.number().max(3), ['s']],
    [z.int(), []],
    [z.array(z.enum(['a'])), ['s']],
    [z.array(z.string()).max(3), ['s[]']],
    [z.record(text(3), z.boolean()), ['s']],
    [recordOf(text(3), z.json(), { most: 3 }), ['s.*']],
    [recordOf(text(3), z.json(), { most: 3, bytes: 9 }), []],
    [z.looseObject({ a: text(1) }), ['s']],
    [z.object({ a: z.unknown().optional(), b: z.string().default('') }), ['s.a', 's.b']],
    [z.union([text(3), z.number()]).transform(String), ['s']],
  ])('finds it: %#', (schema, places) => {
    expect(unbounded(schema as z.ZodType, 's')).toEqual(places);
  });
});

describe('what becomes a name, a header, a path or a line of a log', () => {
  it.each(['a\nb', 'a\u0000', 'a\u001b[31m', 'a\u009b', 'a\u2028b'])('is no line: %j', (given) => {
    expect(line(9).safeParse(given).success).toBe(false);
  });

  it('is a line in any language', () => {
    expect(line(20).safeParse('Grüße, 世界 🌍').success).toBe(true);
  });

  it.each(['', 'a b', 'ü', 'a\r\nb', 'x'.repeat(10)])('is no token: %j', (given) => {
    expect(token(9).safeParse(given).success).toBe(false);
  });
});
