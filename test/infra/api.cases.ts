import { Match } from 'aws-cdk-lib/assertions';
import { takersOfAll } from '../../lib/api/methods';
import { placeOf, type Route } from '../../lib/api/route';
import { ROUTES, routesByFunction } from '../../lib/api/routes';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { problemDetails } from '../../lib/contract/errors';
import { synthesise } from './support/synth';

interface MethodProperties {
  readonly HttpMethod: string;
  readonly ResourceId: { Ref: string };
  readonly AuthorizationType: string;
  readonly AuthorizerId?: unknown;
}

describe.each(ENVIRONMENT_NAMES)('REST API of %s', (name) => {
  const { templates, environment, ofType } = synthesise(name);
  const methods = Object.values(ofType('AWS::ApiGateway::Method')).map(
    ({ Properties }) => Properties as unknown as MethodProperties,
  );

  it('has the routes of the contract, every one behind the authorizer but what is open', () => {
    const resources = ofType('AWS::ApiGateway::Resource');
    const pathOf = (id: string): string => {
      const resource = resources[id]?.Properties;
      const parent = (resource?.['ParentId'] as { Ref?: string } | undefined)?.Ref;
      return resource ? `${parent ? pathOf(parent) : ''}/${String(resource['PathPart'])}` : '';
    };
    const routes = [...routesByFunction().values()].flat();
    const listed = routes.map((route) => route.name);
    // One route of each path takes what no other of it does.
    const takers = [...takersOfAll(routes)];
    const named = methods.map(({ HttpMethod, ResourceId }) => {
      const path = pathOf(ResourceId.Ref);
      return HttpMethod === 'ANY'
        ? takers.find((name) => placeOf(name).path === path)
        : `${HttpMethod} ${path}`;
    });
    expect([...named].sort()).toEqual(listed.sort());
    const isOpen = new Set(Object.values<Route>(ROUTES).flatMap((route) => (route.open ? [route.name] : [])));
    for (const [i, { AuthorizationType, AuthorizerId }] of methods.entries()) {
      if (isOpen.has(named[i] ?? '')) expect([AuthorizationType, AuthorizerId]).toEqual(['NONE', undefined]);
      else expect([AuthorizationType, AuthorizerId]).toEqual(['CUSTOM', expect.anything()]);
    }
    expect([...isOpen]).toEqual(['GET /sign-in', 'GET /errors/{code}']);
  });

  it('is throttled, logged and traced', () => {
    templates.api.hasResourceProperties('AWS::ApiGateway::Stage', {
      TracingEnabled: true,
      AccessLogSetting: { DestinationArn: Match.anyValue() },
      MethodSettings: [
        Match.objectLike({
          ThrottlingRateLimit: environment.api.ratePerSecond,
          ThrottlingBurstLimit: environment.api.burst,
          DataTraceEnabled: false,
        }),
      ],
    });
  });

  it('answers its own errors in the shape of all others', () => {
    for (const { Properties } of Object.values(ofType('AWS::ApiGateway::GatewayResponse'))) {
      const template = (Properties['ResponseTemplates'] as Record<string, string>)['application/json'] ?? '';
      const problem = problemDetails.parse(JSON.parse(template));
      expect(problem).toMatchObject({ trace_id: '$context.requestId', instance: '$context.path' });
      expect(problem).toMatchObject({
        type: `/errors/${problem.code}`,
        status: Number(Properties['StatusCode']),
      });
      expect(Properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
      });
    }
  });

  it('answers 503 and when to try again where it cannot be known whether credentials are valid', () => {
    templates.api.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'AUTHORIZER_FAILURE',
      StatusCode: '503',
      ResponseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
    });
  });

  it('says where it is', () => {
    expect(Object.keys(templates.api.findOutputs('*'))).toEqual(expect.arrayContaining(['RestApiId', 'Url']));
  });
});
