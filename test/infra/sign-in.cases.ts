import { AwsSolutionsChecks } from 'cdk-nag';
import { tokenRulesSchema } from '../../lib/core/access/issuer';
import { ROLES } from '../../lib/core/access/roles';
import { NO_ISSUER, SAMPLE, synthesise } from './support/synth';

describe('a deployment without an issuer', () => {
  const { app, ofType, templates } = synthesise('prod', [SAMPLE], NO_ISSUER);
  const [pool] = Object.values(ofType('AWS::Cognito::UserPool'));
  const clients = Object.entries(ofType('AWS::Cognito::UserPoolClient'));
  const clientOf = (name: string) => clients.find(([id]) => id.includes(name))?.[1].Properties ?? {};
  const variablesOf = (prefix: string) => {
    const ids = Object.entries(ofType('AWS::Lambda::Function'));
    const [, resource] = ids.find(([id]) => id.startsWith(prefix)) ?? [];
    const { Variables = {} } = (resource?.Properties['Environment'] ?? {}) as {
      Variables?: Record<string, unknown>;
    };
    return Variables;
  };

  it('makes a user pool that outlives it, in which nobody registers themselves and everyone has a second factor', () => {
    expect(pool).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        DeletionProtection: 'ACTIVE',
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
        MfaConfiguration: 'ON',
        Policies: { PasswordPolicy: { MinimumLength: 14 } },
      },
    });
  });

  it('lets a page sign in by a code with PKCE, without a secret and without a scope of the engine', () => {
    expect(clientOf('Page')).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: ['http://localhost:4400/'],
      EnableTokenRevocation: true,
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it('gives machines a client with a secret, which may serve as a worker and do nothing else', () => {
    const properties = clientOf('Workers');
    expect(properties).toMatchObject({ AllowedOAuthFlows: ['client_credentials'], GenerateSecret: true });
    expect(JSON.stringify(properties['AllowedOAuthScopes'])).toContain('/orchestration.worker"');
    expect(properties['AllowedOAuthScopes']).toHaveLength(1);
    const [server] = Object.values(ofType('AWS::Cognito::UserPoolResourceServer'));
    expect(server?.Properties['Scopes']).toEqual([
      expect.objectContaining({ ScopeName: 'orchestration.worker' }),
    ]);
  });

  it('has a group for each role', () => {
    const groups = Object.values(ofType('AWS::Cognito::UserPoolGroup')).map(
      ({ Properties }) => Properties['GroupName'],
    );
    expect(groups.sort()).toEqual(Object.keys(ROLES).sort());
  });

  it('tells the authorizer, and it alone, how its tokens are read', () => {
    const rules = tokenRulesSchema.parse(JSON.parse(String(variablesOf('Authorizer')['AUTH_RULES'])));
    expect(rules).toMatchObject({
      claims: { subject: 'sub', audience: 'client_id', scopePrefix: 'reprise/', roles: 'cognito:groups' },
      roles: ROLES,
      requires: { token_use: 'access' },
    });
    expect(variablesOf('SubmitJob')).not.toHaveProperty('AUTH_RULES');
    expect(JSON.stringify(variablesOf('Authorizer')['AUTH_JWKS_URI'])).toContain('/.well-known/jwks.json');
  });

  it('says where to sign in', () => {
    const names = ['UserPoolId', 'Issuer', 'PageClientId', 'WorkerClientId', 'SignInUrl'];
    expect(Object.keys(templates.data.findOutputs('*'))).toEqual(expect.arrayContaining(names));
    const { AUTH_CLIENT_ID } = variablesOf('Public');
    expect(JSON.stringify(AUTH_CLIENT_ID)).toContain('Page');
  });

  it('has no finding that nobody accepted with a reason', () => {
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });
});

describe('a deployment with an issuer', () => {
  it('makes no user pool', () => {
    const { ofType } = synthesise('prod');
    expect(ofType('AWS::Cognito::UserPool')).toEqual({});
  });
});
