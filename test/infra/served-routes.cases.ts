import { join } from 'node:path';
import { routesByFunction } from '../../lib/api/routes';
import { synthesise } from './support/synth';

/** Of the kind that a function reads under such a name. */
const standIn = (name: string) => (/ARN/.test(name) ? 'arn:aws:states:deployed' : 'https://deployed');

/** Variables as the template gives them; what only a deployment knows is any text. */
function variablesOf(functionName: string): Record<string, string> {
  const all = Object.values(synthesise('dev').ofType('AWS::Lambda::Function')).map(({ Properties }) => {
    const { Variables = {} } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    return Variables;
  });
  const found = all.find(({ POWERTOOLS_SERVICE_NAME }) => POWERTOOLS_SERVICE_NAME === functionName);
  if (!found) throw new Error(`no function ${functionName} is deployed`);
  const texts = Object.entries(found).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : standIn(name),
  ]);
  return Object.fromEntries(texts);
}

describe('the function of a route', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it.each(
    [...routesByFunction()].map(([name, routes]) => [name, routes.map((route) => route.name)] as const),
  )('%s serves %j and nothing else', (name, routes) => {
    process.env = { ...before, AWS_REGION: 'eu-central-1', ...variablesOf(name) };
    jest.isolateModules(() => {
      const { handler } = require(join(process.cwd(), 'lambdas', name, 'handler.ts')) as {
        handler: { routes: readonly string[] };
      };
      expect([...handler.routes].sort()).toEqual([...routes].sort());
    });
  });
});
