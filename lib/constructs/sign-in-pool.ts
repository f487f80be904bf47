import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { EnvironmentConfig } from '../config/schema';
import type { tokenRulesSchema } from '../core/access/issuer';
import { ROLES } from '../core/access/roles';
import { SCOPES } from '../core/access/scopes';
import { acknowledge } from './acknowledge';
import { removal } from './removal';

/** Whose tokens a deployment accepts, as its functions are told. */
export interface PoolIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Clients whose tokens are for the engine, separated by spaces. */
  readonly audience: string;
  /** The client with which a page signs in. */
  readonly clientId: string;
  readonly rules: z.input<typeof tokenRulesSchema>;
}

/** What scopes of the pool's own begin with in a token. */
const RESOURCE = 'reprise';

/**
 * A user pool for a deployment whose organisation has no issuer. People get what the groups may that they are in: a client may
 * ask for any scope it is allowed in the name of any user, so the client of people is allowed none of the engine's. Machines
 * that serve as workers have a client of their own, with a secret, and the scope for that.
 */
export class SignInPool extends Construct {
  readonly issuer: PoolIssuer;

  constructor(scope: Construct, id: string, environment: EnvironmentConfig) {
    super(scope, id);
    const pool = makePool(this, environment);
    const people = clientOfPeople(pool, environment);
    const workers = clientOfWorkers(pool);
    for (const groupName of Object.keys(ROLES)) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
    }
    const domainPrefix = domainPrefixOf(environment, Stack.of(this));
    const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix } });
    this.issuer = {
      issuer: pool.userPoolProviderUrl,
      jwksUri: `${pool.userPoolProviderUrl}/.well-known/jwks.json`,
      audience: `${people.userPoolClientId} ${workers.userPoolClientId}`,
      clientId: people.userPoolClientId,
      rules: {
        claims: { audience: 'client_id', scopePrefix: `${RESOURCE}/`, roles: 'cognito:groups' },
        roles: Object.fromEntries(Object.entries(ROLES).map(([role, scopes]) => [role, [...scopes]])),
        requires: { token_use: 'access' },
      },
    };
    output(this, 'UserPoolId', pool.userPoolId);
    output(this, 'Issuer', pool.userPoolProviderUrl);
    output(this, 'PageClientId', people.userPoolClientId);
    output(this, 'WorkerClientId', workers.userPoolClientId);
    output(this, 'SignInUrl', domain.baseUrl());
  }
}

const domainPrefixOf = ({ name, auth }: EnvironmentConfig, { account }: Stack): string =>
  auth.userPool?.domainPrefix ?? `reprise-${name}-${account}`;

/** Where a page asks that signs in by it, for a stack in its account and region: the issuer, and the domain that gives tokens. */
export const originsOfPool = (environment: EnvironmentConfig, stack: Stack): string[] => [
  `https://cognito-idp.${stack.region}.${stack.urlSuffix}`,
  `https://${domainPrefixOf(environment, stack)}.auth.${stack.region}.amazoncognito.com`,
];

/** Under this name, whatever it is in. */
function output(scope: Construct, name: string, value: string): void {
  new CfnOutput(scope, name, { value }).overrideLogicalId(name);
}

function makePool(scope: Construct, { name, dataRetained }: EnvironmentConfig): UserPool {
  const pool = new UserPool(scope, 'Pool', {
    userPoolName: `reprise-${name}`,
    selfSignUpEnabled: false,
    signInAliases: { username: true, email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: {
      minLength: 14,
      ...{ requireDigits: true, requireLowercase: true, requireUppercase: true, requireSymbols: true },
      tempPasswordValidity: Duration.days(3),
    },
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection: dataRetained,
    removalPolicy: removal(dataRetained),
  });
  acknowledge(
    pool,
    ['COG3', 'COG8'],
    'Threat protection is of the Plus plan, which every user is paid for; a second factor is required of everyone without it.',
  );
  return pool;
}

/** Of a page: it has no secret, and proves by PKCE that it is who asked. */
function clientOfPeople(pool: UserPool, { auth }: EnvironmentConfig): UserPoolClient {
  const urls = [...(auth.userPool?.callbackUrls ?? [])];
  return pool.addClient('Page', {
    generateSecret: false,
    authFlows: {},
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID],
      ...{ callbackUrls: urls, logoutUrls: urls },
    },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    ...{ accessTokenValidity: Duration.hours(1), idTokenValidity: Duration.hours(1) },
    refreshTokenValidity: Duration.hours(12),
  });
}

function clientOfWorkers(pool: UserPool): UserPoolClient {
  const worker = new ResourceServerScope({
    scopeName: SCOPES.worker,
    scopeDescription: 'Serve as a worker of any pool',
  });
  const server = pool.addResourceServer('Engine', { identifier: RESOURCE, scopes: [worker] });
  return pool.addClient('Workers', {
    generateSecret: true,
    authFlows: {},
    oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(server, worker)] },
    accessTokenValidity: Duration.hours(12),
  });
}
