import type { z } from 'zod';
import { type Claims, verified } from '../../../../lib/core/access/identity';
import { issuerSchema, tokenRulesSchema } from '../../../../lib/core/access/issuer';

const NOW = 1_700_000_000;
const CLAIMS: Claims = { aud: 'reprise', sub: 'ana', scope: 'orchestration.jobs', iat: NOW, exp: NOW + 60 };

function callerOf(claims: Claims, rules: z.input<typeof tokenRulesSchema> = {}) {
  const use = { audiences: ['reprise'], maxLifetimeSeconds: 3_600, ...tokenRulesSchema.parse(rules) };
  return verified({ ...CLAIMS, ...claims }, use, NOW).caller;
}

describe('who calls, by the claims of a token', () => {
  it('is its subject, with its scopes', () => {
    expect(callerOf({})).toEqual({ subject: 'ana', scopes: ['orchestration.jobs'] });
    expect(callerOf({ scope: undefined, scp: ['orchestration.worker', 7, 'a b'] }).scopes).toEqual([
      'orchestration.worker',
    ]);
    expect(callerOf({ scope: undefined }).scopes).toEqual([]);
    expect(callerOf({ scope: ' orchestration.jobs  orchestration.jobs ' }).scopes).toEqual([
      'orchestration.jobs',
    ]);
  });

  it('is whoever the claim names that the configuration names', () => {
    expect(callerOf({ email: 'ana@shop.test' }, { claims: { subject: 'email' } }).subject).toBe(
      'ana@shop.test',
    );
    expect(() => callerOf({}, { claims: { subject: 'email' } })).toThrow('names no subject');
  });

  it('has the scopes of a resource server without what they begin with, and no others', () => {
    const claims = {
      scope: 'openid reprise/orchestration.jobs other/orchestration.admin orchestration.admin',
    };
    expect(callerOf(claims, { claims: { scopePrefix: 'reprise/' } }).scopes).toEqual(['orchestration.jobs']);
  });

  it('has what the roles of a token may, wherever they stand', () => {
    const roles = { leads: ['orchestration.jobs', 'orchestration.priority'], ops: ['orchestration.admin'] };
    const nested = { realm_access: { roles: ['leads', 'unknown', 'constructor'] }, scope: '' };
    expect(callerOf(nested, { claims: { roles: ['realm_access', 'roles'] }, roles }).scopes).toEqual(
      roles.leads,
    );
    const url = { 'https://shop.test/roles': ['ops'] };
    expect(callerOf(url, { claims: { roles: 'https://shop.test/roles' }, roles }).scopes).toEqual([
      'orchestration.jobs',
      'orchestration.admin',
    ]);
    expect(
      callerOf({ 'cognito:groups': 'leads ops' }, { claims: { roles: 'cognito:groups' }, roles }).scopes,
    ).toContain('orchestration.admin');
    // Without their claim being named, roles say nothing.
    expect(callerOf({ roles: ['ops'] }, { roles }).scopes).toEqual(['orchestration.jobs']);
  });

  it.each<[string, Claims, z.input<typeof tokenRulesSchema>, string]>([
    ['for somebody else', { aud: ['other'] }, {}, 'for somebody else'],
    [
      'for a client that is not ours',
      { client_id: 'x' },
      { claims: { audience: 'client_id' } },
      'for somebody else',
    ],
    ['of another use', { token_use: 'id' }, { requires: { token_use: 'access' } }, 'token_use is not access'],
    ['without an end', { exp: undefined }, {}, 'when it expires'],
    ['whose end is no time', { exp: '9999999999' }, {}, 'when it expires'],
    ['that ended', { exp: NOW - 31 }, {}, 'has expired'],
    ['of tomorrow', { iat: NOW + 31 }, {}, 'from the future'],
    ['that begins later', { nbf: NOW + 31 }, {}, 'not valid yet'],
    ['that lives too long', { exp: NOW + 3_631 }, {}, 'longer than the 3600 allowed'],
    ['of nobody', { sub: '' }, {}, 'names no subject'],
    ['of a number', { sub: 7 }, {}, 'names no subject'],
    ['of a name that is too long', { sub: 'a'.repeat(257) }, {}, 'longer than 256'],
    ['of a name that is no line', { sub: 'a\nb' }, {}, 'control characters'],
  ])('is nobody, by a token %s', (_, claims, rules, message) => {
    expect(() => callerOf(claims, rules)).toThrow(message);
  });

  it('is let in by one of several audiences', () => {
    expect(callerOf({ aud: ['other', 'reprise'] }).subject).toBe('ana');
    expect(callerOf({ client_id: 'reprise' }, { claims: { audience: 'client_id' } }).subject).toBe('ana');
  });
});

describe('where there are tenants, who calls', () => {
  const tenants = { claims: { tenant: 'org' } } as const;

  it('is named behind their tenant, so that nobody of another has the same name', () => {
    expect(callerOf({ org: 'acme' }, tenants)).toEqual({
      subject: 'acme/ana',
      tenant: 'acme',
      scopes: ['orchestration.jobs'],
    });
    expect(callerOf({ org: 'globex' }, tenants).subject).toBe('globex/ana');
    // A name with a / in it is still of its tenant: that ends at the first one.
    expect(callerOf({ org: 'acme', sub: 'globex/ana' }, tenants).subject).toBe('acme/globex/ana');
  });

  it('administers nothing', () => {
    const scope = 'orchestration.jobs orchestration.admin';
    expect(callerOf({ org: 'acme', scope }, tenants).scopes).toEqual(['orchestration.jobs']);
  });

  it('has one, but administrators and workers', () => {
    expect(() => callerOf({}, tenants)).toThrow('names no tenant');
    expect(callerOf({ scope: 'orchestration.admin' }, tenants)).toEqual({
      subject: 'ana',
      scopes: ['orchestration.admin'],
    });
    expect(callerOf({ scope: 'orchestration.worker:gpu' }, tenants).subject).toBe('ana');
  });

  it('cannot take the name of a user of a tenant without being of it', () => {
    expect(() =>
      callerOf({ sub: 'acme/ana', scope: 'orchestration.worker orchestration.jobs' }, tenants),
    ).toThrow('has a /');
  });

  it.each(['', 'a/b', '..%2f', 'a b', 7, ['acme'], 'x'.repeat(65)])('is of no tenant called %p', (org) => {
    expect(() => callerOf({ org }, tenants)).toThrow('the tenant of the token is no name');
  });
});

describe('the file of an issuer', () => {
  it('says little where the issuer keeps to the standards', () => {
    expect(issuerSchema.parse({ issuer: 'https://id.test', audience: 'reprise' })).toEqual({
      ...{
        issuer: 'https://id.test',
        audience: 'reprise',
        maxLifetimeSeconds: 86_400,
        roles: {},
        requires: {},
      },
      claims: { subject: 'sub', audience: 'aud', scopes: ['scope', 'scp'], scopePrefix: '' },
    });
  });

  it.each([
    [{ issuer: 'id.test', audience: 'reprise' }],
    [{ issuer: 'https://id.test' }],
    [{ issuer: 'https://id.test', audience: 'reprise', audiences: [] }],
    [{ issuer: 'https://id.test', audience: 'reprise', roles: { a: ['two words'] } }],
    [{ issuer: 'https://id.test', audience: 'reprise', claims: { subject: [] } }],
  ])('is refused as %j', (file) => {
    expect(issuerSchema.safeParse(file).success).toBe(false);
  });
});
