import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { statementsByRole } from './support/policies';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('the connections of workers in %s', (name) => {
  const { templates, ofType, environment } = synthesise(name);
  const routes = Object.values(ofType('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);

  it('are of an API that tells messages apart by their type, and knows no others', () => {
    templates.engine.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.type',
    });
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      ...['$connect', '$disconnect', 'answer', 'heartbeat'],
    ]);
  });

  it('are opened behind the authorizer of the REST API, by the same header', () => {
    for (const { RouteKey, AuthorizationType } of routes) {
      expect([RouteKey, AuthorizationType]).toEqual([RouteKey, RouteKey === '$connect' ? 'CUSTOM' : 'NONE']);
    }
    templates.api.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.header.Authorization'],
      AuthorizerUri: {
        'Fn::Join': Match.arrayWith([
          Match.arrayWith([
            name === 'local'
              ? { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuthorizerFunction'), 'Arn'] }
              : { Ref: Match.stringLikeRegexp('^AuthorizerLive') },
          ]),
        ]),
      },
    });
  });

  it('answer heartbeats and nothing else; the local cloud answers without being told, and knows no such resource', () => {
    const responses = Object.values(ofType('AWS::ApiGatewayV2::RouteResponse'));
    const heartbeat = routes.find(({ RouteKey }) => RouteKey === 'heartbeat');
    expect(responses).toHaveLength(name === 'local' ? 0 : 1);
    expect(heartbeat?.['RouteResponseSelectionExpression']).toBe(name === 'local' ? undefined : '$default');
  });

  it('are deployed with their routes, throttled, and logged once the account may log', () => {
    templates.api.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: {
        StageName: 'v1',
        AutoDeploy: true,
        DefaultRouteSettings: {
          ThrottlingRateLimit: environment.api.ratePerSecond,
          ThrottlingBurstLimit: environment.api.burst,
        },
        AccessLogSettings: {
          DestinationArn: Match.anyValue(),
          Format: Match.stringLikeRegexp('connectionId'),
        },
      },
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^RestApiDeploymentStage'),
        Match.stringLikeRegexp('^Socketheartbeat'),
      ]),
    });
  });

  it('are sent over by the functions that dispatch and ask, which can neither look at them nor close them', () => {
    const allowed = [...statementsByRole(ofType)].filter(([, statements]) =>
      JSON.stringify(statements).includes('execute-api:'),
    );
    expect(allowed.map(([id]) => id.replace(/Function(?!s).*/, ''))).toEqual([
      'FunctionsDispatch',
      'FunctionsSweeper',
      'FunctionsReconciler',
    ]);
    for (const [, statements] of allowed)
      expect(statements).toContainEqual({
        Effect: 'Allow',
        Action: 'execute-api:ManageConnections',
        Resource: { 'Fn::Join': ['', expect.arrayContaining(['/v1/POST/@connections/*'])] },
      });
  });
});
