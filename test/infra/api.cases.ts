import { Match } from 'aws-cdk-lib/assertions';
import type { Route } from '../../lib/api/route';
import { ROUTES, routesByFunction } from '../../lib/api/routes';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { problemDetails } from '../../lib/contract/errors';
import { functionBehind, synthesise } from './support/synth';

interface Operation {
  readonly security: readonly Record<string, readonly string[]>[];
  readonly 'x-amazon-apigateway-integration': { readonly type: string; readonly uri: unknown };
}

interface Definition {
  readonly openapi: string;
  readonly info: { readonly title: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, Record<string, unknown>>> };
  readonly 'x-amazon-apigateway-gateway-responses'?: Readonly<Record<string, DefinedResponse>>;
}

interface DefinedResponse {
  readonly statusCode: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

describe.each(ENVIRONMENT_NAMES)('REST API of %s', (name) => {
  const { templates, environment, ofType } = synthesise(name);
  const [api] = Object.values(ofType('AWS::ApiGateway::RestApi'));
  const definition = api?.Properties['Body'] as Definition;
  const listed = [...routesByFunction().values()].flat().map((route) => route.name);
  const defined = Object.entries(definition.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ name: `${method.toUpperCase()} ${path}`, ...each })),
  );
  const operations = defined.filter((each) => listed.includes(each.name));
  // The local cloud takes them as resources beside the API.
  const responses = new Map<string, DefinedResponse>([
    ...Object.entries(definition['x-amazon-apigateway-gateway-responses'] ?? {}),
    ...Object.values(ofType('AWS::ApiGateway::GatewayResponse')).map(
      ({ Properties: { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } }) =>
        [
          ResponseType as string,
          {
            statusCode: StatusCode as string,
            responseParameters: ResponseParameters as Record<string, string>,
            responseTemplates: ResponseTemplates as Record<string, string>,
          },
        ] as const,
    ),
  ]);

  it('has the routes of the contract, every one behind the authorizer but what is open', () => {
    expect(operations.map((each) => each.name).sort()).toEqual(listed.sort());
    const isOpen = new Set(Object.values<Route>(ROUTES).flatMap((route) => (route.open ? [route.name] : [])));
    for (const { name: operation, security } of operations)
      expect([operation, security]).toEqual([operation, isOpen.has(operation) ? [] : [{ authorizer: [] }]]);
    expect([...isOpen]).toEqual(['GET /sign-in', 'GET /errors/{code}']);
  });

  const everyMethod = [
    ...new Set(defined.map((each) => (each.name.split(' ')[0] as string).toLowerCase())),
  ].sort();

  it('hands what a path has no route for to one function of the path, behind what that is behind', () => {
    for (const [path, methods] of Object.entries(definition.paths)) {
      const isRoute = ([method]: readonly [string, unknown]) =>
        listed.includes(`${method.toUpperCase()} ${path}`);
      const own = Object.entries(methods).filter(isRoute);
      const others = Object.entries(methods).filter((each) => !isRoute(each));
      const names = others.map(([method]) => method);
      if (name === 'local') expect([...own.map(([method]) => method), ...names].sort()).toEqual(everyMethod);
      else expect(names).toEqual(['x-amazon-apigateway-any-method']);
      for (const [, other] of others) expect(own.map(([, each]) => each)).toContainEqual(other);
      expect(new Set(others.map(([, each]) => JSON.stringify(each))).size).toBe(1);
    }
  });

  it('asks the authorizer who calls by the header of the token, and goes by its answer for a minute', () => {
    const { authorizer } = definition.components.securitySchemes;
    expect(authorizer).toMatchObject({
      ...{ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'custom' },
      'x-amazon-apigateway-authorizer': {
        ...{ type: 'request', identitySource: 'method.request.header.Authorization' },
        authorizerResultTtlInSeconds: 60,
      },
    });
    expect(functionNamed(invoked(JSON.stringify(authorizer)))).toBe('authorizer');
  });

  it('hands every call to the function of its route, which lets this API call it and no other', () => {
    const permissions = Object.values(ofType('AWS::Lambda::Permission'));
    for (const [service, routes] of [...routesByFunction(), ['authorizer', []] as const]) {
      const of = operations.filter(({ name: operation }) => routes.some((route) => route.name === operation));
      const handed = of.map((each) => each['x-amazon-apigateway-integration']);
      for (const { type, uri } of handed)
        expect([type, functionNamed(invoked(JSON.stringify(uri)))]).toEqual(['aws_proxy', service]);
      const own = permissions.filter(
        ({ Properties }) =>
          JSON.stringify(Properties['SourceArn'] ?? '').includes('RestApi') &&
          functionNamed(functionBehind(Properties['FunctionName'], ofType)) === service,
      );
      expect(own.map(({ Properties }) => Properties['Principal'])).toEqual(['apigateway.amazonaws.com']);
      const place = JSON.stringify(own[0]?.Properties['SourceArn']);
      expect(place).toMatch(service === 'authorizer' ? /"\/authorizers\/\*"/ : /"\/\*\/\*\/\*"/);
    }
  });

  it('is defined in the version that the gateway reads, under the name that its metrics are of', () => {
    expect(definition.openapi).toBe('3.0.1');
    expect(definition.info.title).toBe(`reprise-${name}`);
    expect(api?.Properties['Name']).toBe(`reprise-${name}`);
  });

  /** The function that an address of an invocation leads to. */
  function invoked(address: string): string {
    const target = /"Fn::GetAtt":\["(\w+)","Arn"\]|"Ref":"(\w+(?:Live|Function)\w+)"/.exec(address);
    return functionBehind({ Ref: target?.[1] ?? target?.[2] }, ofType);
  }

  function functionNamed(id: string): unknown {
    const { Variables } = (ofType('AWS::Lambda::Function')[id]?.Properties['Environment'] ?? {}) as {
      Variables?: Record<string, unknown>;
    };
    return Variables?.['POWERTOOLS_SERVICE_NAME'];
  }

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
    expect(responses.size).toBe(21);
    for (const { statusCode, responseParameters, responseTemplates } of responses.values()) {
      const problem = problemDetails.parse(JSON.parse(responseTemplates['application/json'] ?? ''));
      expect(problem).toMatchObject({ trace_id: '$context.requestId', instance: '$context.path' });
      expect(problem).toMatchObject({ type: `/errors/${problem.code}`, status: Number(statusCode) });
      expect(responseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.X-Trace-Id': 'context.requestId',
        'gatewayresponse.header.X-Correlation-Id': 'method.request.header.X-Correlation-Id',
      });
      const asks = responseParameters['gatewayresponse.header.WWW-Authenticate'];
      expect([problem.code, asks]).toEqual([problem.code, problem.status === 401 ? "'Bearer'" : undefined]);
    }
  });

  it('answers 503 and when to try again where it cannot be known whether credentials are valid', () => {
    expect(responses.get('AUTHORIZER_FAILURE')).toMatchObject({
      statusCode: '503',
      responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
    });
  });

  it('says where it is', () => {
    expect(Object.keys(templates.api.findOutputs('*'))).toEqual(expect.arrayContaining(['RestApiId', 'Url']));
  });
});
