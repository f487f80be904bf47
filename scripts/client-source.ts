import { compile, type JSONSchema } from 'json-schema-to-typescript';
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types';

const METHODS = ['get', 'post', 'put', 'delete'] as const;
const PARAMETERS = ['path', 'query', 'header'] as const;

const BANNER = `// Made of docs/openapi.json by \`npm run client\`: what is changed here is lost.`;

/**
 * The operations of a document as TypeScript: what each takes and answers, and where it is.
 * @param document whose bodies are described under `components`, as \`lib/api/openapi\` makes them.
 */
export async function clientSource(document: OpenApi.Document): Promise<string> {
  const operations = operationsOf(document);
  const properties = Object.fromEntries(operations.map(({ id, schema }) => [id, schema]));
  const root = { ...object(properties), components: document.components } as JSONSchema;
  const types = await compile(root, 'Operations', {
    ...{ bannerComment: BANNER, additionalProperties: false, ignoreMinAndMaxItems: true },
    style: { singleQuote: true, printWidth: 110 },
  });
  const places = operations.map(({ id, method, path, accepts }) => {
    const also = accepts.length > 0 ? `, accepts: [${accepts.join(', ')}]` : '';
    return `  ${id}: { method: '${method}', path: '${path}'${also} },\n`;
  });
  return `${types}
/** Where each is. */
export const PLACES: Readonly<Record<keyof Operations, Place>> = {
${places.join('')}};

export interface Place {
  readonly method: ${METHODS.map((method) => `'${method.toUpperCase()}'`).join(' | ')};
  readonly path: string;
  /** Statuses that say no, and whose body is an answer all the same. */
  readonly accepts?: readonly number[];
}
`;
}

function operationsOf({ paths = {} }: OpenApi.Document) {
  return Object.entries(paths).flatMap(([path, item = {}]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation?.operationId) return [];
      const answers = answersOf(operation);
      const accepts = answers.map(({ status }) => status).filter((status) => status >= 300);
      const schema = schemaOf(operation, answers);
      return [{ id: operation.operationId, method: method.toUpperCase(), path, accepts, schema }];
    }),
  );
}

/** What it answers of its own: refusals are described once for all. */
function answersOf({ responses = {} }: OpenApi.OperationObject) {
  return Object.entries(responses)
    .filter(([, response]) => 'content' in response)
    .map(([status, response]) => ({
      status: Number(status),
      body: bodyOf(response as OpenApi.ResponseObject),
    }));
}

/** What it takes by where that stands, and what it answers. */
function schemaOf(
  { summary, parameters = [], requestBody }: OpenApi.OperationObject,
  answers: readonly { readonly body: object }[],
) {
  const parts: Record<string, object> = {};
  const required = ['answer'];
  for (const place of PARAMETERS) {
    const of = (parameters as OpenApi.ParameterObject[]).filter((parameter) => parameter.in === place);
    if (of.length === 0) continue;
    const needed = of.filter((parameter) => parameter.required).map(({ name }) => name);
    parts[place] = object(Object.fromEntries(of.map(({ name, schema = {} }) => [name, schema])), needed);
    if (needed.length > 0) required.push(place);
  }
  const body = requestBody as OpenApi.RequestBodyObject | undefined;
  if (body) {
    parts['body'] = bodyOf(body);
    if (body.required) required.push('body');
  }
  const bodies = answers.map(({ body: answer }) => answer);
  parts['answer'] = bodies.length === 1 ? (bodies[0] as object) : { anyOf: bodies };
  return { ...object(parts, required), description: summary };
}

function bodyOf({ content = {} }: Pick<OpenApi.ResponseObject, 'content'>): object {
  return Object.values(content)[0]?.schema ?? {};
}

const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  ...{ type: 'object', additionalProperties: false, properties, required },
});
