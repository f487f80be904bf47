import { apiBase } from './session';

/** How a deployment has its callers signed in: OpenID Connect with PKCE, as it says itself. */
export interface Issuer {
  /** Where its discovery document is: this with `/.well-known/openid-configuration`. */
  readonly authority: string;
  readonly clientId: string;
  readonly scopes: string;
}

/** Undefined where there is no issuer: a daemon knows its token alone. */
export async function issuerOfPage(): Promise<Issuer | undefined> {
  const response = await fetch(`${apiBase()}/sign-in`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const { issuer, client_id, scope } = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (typeof issuer !== 'string' || typeof client_id !== 'string') return undefined;
  return { authority: issuer, clientId: client_id, scopes: String(scope ?? 'openid') };
}

/** The page itself, without what is chosen on it: the issuer has to know it. */
const pageAddress = (): string => `${location.origin}${location.pathname}`;

async function clientOf({ authority, clientId, scopes }: Issuer) {
  const { UserManager, WebStorageStateStore } = await import('oidc-client-ts');
  return new UserManager({
    ...{ authority, client_id: clientId, scope: scopes, redirect_uri: pageAddress() },
    response_type: 'code',
    // For this tab alone, as the token of a daemon is.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  });
}

/** To the issuer, which sends the caller back here. */
export async function toIssuer(issuer: Issuer): Promise<void> {
  const client = await clientOf(issuer);
  await client.signinRedirect({ state: location.hash });
}

/** The access token, where the issuer has just sent the caller back. @throws Error that says why it did not sign in */
export async function signedInByIssuer(issuer: Issuer): Promise<string | undefined> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return undefined;
  const client = await clientOf(issuer);
  try {
    const { access_token, state } = await client.signinRedirectCallback();
    history.replaceState(null, '', `${location.pathname}${typeof state === 'string' ? state : ''}`);
    return access_token;
  } catch (error) {
    history.replaceState(null, '', location.pathname);
    throw error;
  }
}
