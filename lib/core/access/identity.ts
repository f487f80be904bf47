import { present } from '../model/present';
import { MAX_SUBJECT, type TokenRules } from './issuer';
import { type Caller, SCOPES } from './scopes';
import { nameInTenant } from './tenant';

/** What the payload of a token says; its signature and issuer are somebody else's to check. */
export type Claims = Readonly<Record<string, unknown>>;

/** How far the clocks of issuer and engine may be apart, in seconds. */
export const LEEWAY_SECONDS = 30;

/** A caller whose token is good until then, in seconds since the epoch. */
export interface Verified {
  readonly caller: Caller;
  readonly expires: number;
}

/** Says whose a token is. @throws when it is not valid, and UPSTREAM_UNAVAILABLE when that is not known. */
export type VerifyToken = (token: string) => Promise<Verified>;

export interface TokenUse extends TokenRules {
  /** Whom tokens may be for. */
  readonly audiences: readonly string[];
  /** How long a token may be valid, from its issue and from now, in seconds. */
  readonly maxLifetimeSeconds: number;
}

/**
 * Who calls, by the claims of a token whose signature is good.
 * @param now seconds since the epoch.
 * @throws Error that says why it is no token for us, without anything of the token but names of claims.
 */
export function verified(claims: Claims, use: TokenUse, now: number): Verified {
  requireFor(claims, use);
  requireShortLife(claims, use.maxLifetimeSeconds, now);
  const subject = claimed(claims, use.claims.subject);
  if (typeof subject !== 'string' || subject === '') throw new Error('the token names no subject');
  const caller = named(subject, tenantIn(claims, use), scopesIn(claims, use));
  return { caller, expires: Number(claims['exp']) };
}

function requireFor(claims: Claims, { audiences, claims: names, requires }: TokenUse): void {
  const audience = textsOf(claimed(claims, names.audience), (text) => [text]);
  if (!audience.some((each) => audiences.includes(each))) throw new Error('the token is for somebody else');
  for (const [name, value] of Object.entries(requires)) {
    if (claims[name] !== value) throw new Error(`the claim ${name} is not ${value}`);
  }
}

function requireShortLife({ exp, iat, nbf }: Claims, longest: number, now: number): void {
  if (typeof exp !== 'number') throw new Error('the token does not say when it expires');
  if (exp <= now - LEEWAY_SECONDS) throw new Error('the token has expired');
  if (typeof nbf === 'number' && nbf > now + LEEWAY_SECONDS) throw new Error('the token is not valid yet');
  const issued = typeof iat === 'number' ? iat : now;
  if (issued > now + LEEWAY_SECONDS) throw new Error('the token is from the future');
  const lifetime = exp - Math.min(issued, now);
  if (lifetime <= longest + LEEWAY_SECONDS) return;
  const seconds = Math.round(lifetime);
  throw new Error(`the token is valid for ${seconds} seconds, longer than the ${longest} allowed`);
}

/** Undefined where the deployment has no tenants, and of who belongs to none. */
function tenantIn(claims: Claims, { claims: names }: TokenUse): string | undefined {
  if (names.tenant === undefined) return undefined;
  const tenant = claimed(claims, names.tenant);
  if (tenant === undefined || tenant === null) return '';
  if (typeof tenant === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(tenant)) return tenant;
  throw new Error('the tenant of the token is no name of 1 to 64 letters, digits, ".", "_" and "-"');
}

/**
 * Of a tenant nobody administers the deployment. Who has no tenant, where there are tenants, is an administrator or a worker,
 * and has no name that could be that of a user of a tenant.
 */
function named(subject: string, tenant: string | undefined, scopes: readonly string[]): Caller {
  if (tenant === '') {
    const isOperator = scopes.some((scope) => scope === SCOPES.admin || scope.startsWith(SCOPES.worker));
    if (!isOperator) throw new Error('the token names no tenant');
    if (subject.includes('/')) throw new Error('the subject of a token without tenant has a / in it');
  }
  const user = tenant ? nameInTenant(tenant, subject) : subject;
  if (user.length > MAX_SUBJECT) throw new Error(`the subject is longer than ${MAX_SUBJECT}`);
  if (/\p{Cc}/u.test(user)) throw new Error('the subject has control characters');
  const own = tenant ? scopes.filter((scope) => scope !== SCOPES.admin) : scopes;
  return { subject: user, scopes: own, ...present({ tenant: tenant || undefined }) };
}

function scopesIn(claims: Claims, { claims: names, roles }: TokenUse): string[] {
  const { scopePrefix } = names;
  const given = names.scopes.map((name) => claimed(claims, name)).find((value) => value !== undefined);
  const own = textsOf(given, (text) => text.split(' '))
    .filter((scope) => scope.startsWith(scopePrefix))
    .map((scope) => scope.slice(scopePrefix.length));
  const held =
    names.roles === undefined ? [] : textsOf(claimed(claims, names.roles), (text) => text.split(' '));
  const ofRoles = held.flatMap((role) => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : []));
  return [...new Set([...own, ...ofRoles])].filter((scope) => /^[\x21-\x7e]+$/.test(scope));
}

/** A claim by its name, or by the names that lead to it. */
function claimed(claims: Claims, name: string | readonly string[]): unknown {
  const path = typeof name === 'string' ? [name] : name;
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Claims)[key]
        : undefined,
    claims,
  );
}

function textsOf(value: unknown, split: (text: string) => readonly string[]): readonly string[] {
  if (typeof value === 'string') return split(value);
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
