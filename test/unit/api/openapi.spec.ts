import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { openApi } from '../../../lib/api/openapi';
import { OPERATIONS, type OperationId } from '../../../lib/api/operations';
import { type Route, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { version } from '../../../package.json';

const document = openApi(version);
const routes = Object.entries<Route>(ROUTES) as [OperationId, Route][];

const operationOf = ({ name }: Route) => {
  const [method = '', path = ''] = name.split(' ');
  return document.paths?.[path]?.[method.toLowerCase() as 'get'];
};

describe('the document of the REST API', () => {
  it('is kept as it is made of the routes: after a change run `npm run openapi`', () => {
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(document);
  });

  it('is an OpenAPI 3.1 document', async () => {
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  });

  it('has every route and no other', () => {
    const told = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(told.sort()).toEqual(routes.map(([, { name }]) => name).sort());
  });

  it('has patterns that every reader of JSON Schema knows: no classes of Unicode, no flags', () => {
    const patterns = new Set<string>();
    JSON.stringify(document, (key, value) => {
      if (key === 'pattern' && typeof value === 'string') patterns.add(value);
      return value;
    });
    expect([...patterns].filter((pattern) => /\\p\{|\(\?</.test(pattern))).toEqual([]);
  });

  describe.each(routes)('%s', (id, route) => {
    const { example } = OPERATIONS[id];

    it('has an example that its own schemas take', () => {
      for (const part of ['params', 'query', 'body'] as const) {
        const schema = taken(route[part]);
        expect([part, schema?.safeParse(example[part] ?? {}).error?.issues]).toEqual([part, undefined]);
      }
      expect(Object.keys(example).filter((part) => !taken(route[part as 'body']))).toEqual([]);
    });

    it('has an example that the document takes', () => {
      const ajv = addFormats(new Ajv2020({ strict: false, validateFormats: true }));
      ajv.addSchema({ $id: 'api', components: document.components });
      const content = operationOf(route)?.requestBody;
      const schema = content && 'content' in content && content.content['application/json']?.schema;
      if (!schema || !('$ref' in schema)) return expect(example.body).toBeUndefined();
      const validate = ajv.compile({ $ref: `api${schema.$ref}` });
      validate(example.body ?? {});
      return expect(validate.errors ?? []).toEqual([]);
    });
  });
});
