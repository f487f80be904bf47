import * as z from 'zod';
import { LIMITS } from '../limits';
import type { ReadOnly } from '../model/read-only';

const name = z.string().min(1).max(256);

/** The name of a claim; or names, of one within another: `[realm_access, roles]`. */
const claimSchema = z.union([name, z.array(name).min(1).max(8)]);

/** Which claims of a token say what. */
const claimsSchema = z.strictObject({
  /** Who it is. */
  subject: claimSchema.default('sub'),
  /** Whom the token is for. */
  audience: claimSchema.default('aud'),
  /** Scopes, as text or as a list: of these claims the first that a token has. */
  scopes: z.array(claimSchema).max(8).default(['scope', 'scp']),
  /** What a scope of ours begins with in a token, such as `reprise/`; those without it are none. */
  scopePrefix: z.string().max(256).default(''),
  /** Roles or groups, as text or as a list; what each may do is said by `roles`. */
  roles: claimSchema.exactOptional(),
  /** The tenant. Where it is named, every user has one, and everything is kept apart by it. */
  tenant: claimSchema.exactOptional(),
});

const scopeName = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'is no scope: use printable ASCII without spaces');

/** How a token is read: what an issuer needs beside its address. */
const shape = {
  claims: claimsSchema,
  /** Scopes by role. */
  roles: z.record(name, z.array(scopeName).max(32)),
  /** Claims that must have a value, such as `token_use: access`. */
  requires: z.record(name, z.string().max(256)),
};

/** As a configuration has it: what it leaves out is as the standards say. */
export const tokenRulesShape = {
  claims: shape.claims.exactOptional(),
  roles: shape.roles.exactOptional(),
  requires: shape.requires.exactOptional(),
};

export const tokenRulesSchema = z.strictObject({
  claims: shape.claims.prefault({}),
  roles: shape.roles.default({}),
  requires: shape.requires.default({}),
});
export type TokenRules = ReadOnly<z.infer<typeof tokenRulesSchema>>;

/** Where a page that signs somebody in has to ask beside the issuer's own host: of issuers whose token endpoint is elsewhere. */
export const signInOriginsSchema = z
  .array(z.string().refine(isOrigin, 'is no origin: write it as https://id.example.org, without a path'))
  .max(8);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** What the policy of such a page lets it ask. */
export const originsOfSignIn = (issuer: string, others: readonly string[] = []): string[] => [
  ...new Set([new URL(issuer).origin, ...others]),
];

/** An issuer of tokens (OpenID Connect) whom a daemon believes, as its file says it. */
export const issuerSchema = z.strictObject({
  issuer: z.url(),
  /** Whom the tokens are for, one of several. */
  audience: z.union([name, z.array(name).min(1).max(16)]),
  /** Where its keys are; without it, where its discovery document says. */
  jwksUri: z.url().exactOptional(),
  /** How long a token may be valid, in seconds. */
  maxLifetimeSeconds: z.number().int().min(60).max(31_536_000).default(86_400),
  /** The public client with which a page signs in (PKCE); without it a page asks for a token. */
  clientId: name.exactOptional(),
  signInOrigins: signInOriginsSchema.exactOptional(),
  ...tokenRulesSchema.shape,
});
export type TokenIssuer = ReadOnly<z.infer<typeof issuerSchema>>;

/** Subjects become keys and names of owners. */
export const MAX_SUBJECT = Math.min(256, LIMITS.ownerLength);
