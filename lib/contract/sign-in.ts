import * as z from 'zod';

/** `GET /sign-in`: how a page, or whoever has no token yet, comes to one. Nothing in it is secret. */
export const signInView = z.discriminatedUnion('method', [
  /** A person brings a token. */
  z.object({ method: z.literal('token') }),
  /** By OpenID Connect, as a public client: authorization code with PKCE. */
  z.object({
    method: z.literal('oidc'),
    /** Its discovery document says where to go: `<issuer>/.well-known/openid-configuration`. */
    issuer: z.string(),
    client_id: z.string(),
    /** What to ask for, separated by spaces. */
    scope: z.string(),
  }),
]);
