import { type Served, serve } from './route';
import { ROUTES } from './routes';

export interface SignIn {
  readonly issuer: string;
  /** The public client of pages; without it a person brings a token. */
  readonly clientId?: string | undefined;
}

/** Says how to come to a token, to whoever asks. */
export function signIn(by?: SignIn): Served {
  const { issuer = '', clientId: client_id = '' } = by ?? {};
  return serve(ROUTES.signIn, async () =>
    client_id === ''
      ? { status: 200, body: { method: 'token' as const } }
      : { status: 200, body: { method: 'oidc' as const, issuer, client_id, scope: 'openid' } },
  );
}
