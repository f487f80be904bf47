import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { codeFlow } from './oidc-code-flow';

/** An OpenID Connect provider on loopback: discovery, keys and tokens, and a sign-in by code of whoever comes. */
export interface OidcProvider {
  readonly issuer: string;
  /** Where it gives tokens for codes. */
  readonly otherOrigin: string;
  /** Publishes another key, and signs with it from now on; the ones before stay where they are not withdrawn. */
  readonly rotate: (options?: {
    readonly withdraw?: boolean;
    readonly alg?: 'RS256' | 'ES256';
  }) => Promise<void>;
  /** A token, by the latest key. `claims` lay over what it has by default. */
  readonly token: (
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  /** The public keys as they are published. */
  readonly keys: () => readonly JWK[];
  /** Requests for its keys so far. */
  readonly asked: () => number;
  /** Answers nothing but 503, or again. */
  readonly fail: (isFailing: boolean) => void;
  readonly close: () => Promise<void>;
}

export const AUDIENCE = 'reprise-test';

/** @param over members of the discovery document that differ. */
export async function startOidcProvider(over: Readonly<Record<string, unknown>> = {}): Promise<OidcProvider> {
  const published: JWK[] = [];
  let signing: { key: CryptoKey; alg: string; kid: string } | undefined;
  let [asked, made, isFailing] = [0, 0, false];

  const server = createServer(async (request, response) => {
    if (await signsIn(request, response)) return;
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        ...{ issuer, jwks_uri: `${issuer}/jwks` },
        authorization_endpoint: `${issuer}/authorize`,
        // Of another origin, as providers have it.
        token_endpoint: `${otherOrigin}/token`,
        ...over,
      },
      '/jwks': { keys: published },
    };
    if (request.url === '/jwks') asked += 1;
    const body = isFailing ? undefined : documents[request.url ?? ''];
    const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' };
    response.writeHead(body ? 200 : isFailing ? 503 : 404, headers);
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const [issuer, otherOrigin] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];

  const provider: OidcProvider = {
    ...{ issuer, otherOrigin },
    async rotate({ withdraw = false, alg = 'RS256' } = {}) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const kid = `key-${++made}`;
      if (withdraw) published.length = 0;
      published.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
      signing = { key: privateKey, alg, kid };
    },
    async token(claims = {}, header = {}) {
      if (!signing) throw new Error('it has no key yet');
      const now = Math.floor(Date.now() / 1_000);
      const { key, alg, kid } = signing;
      const said = {
        iss: issuer,
        aud: AUDIENCE,
        sub: 'ana',
        scope: 'orchestration.jobs',
        iat: now,
        exp: now + 300,
      };
      return new SignJWT({ ...said, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(key);
    },
    keys: () => published,
    asked: () => asked,
    fail: (failing) => {
      isFailing = failing;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  const signsIn = codeFlow((clientId) => provider.token({ client_id: clientId }));
  await provider.rotate();
  return provider;
}
