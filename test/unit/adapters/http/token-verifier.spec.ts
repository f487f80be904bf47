import { base64url, CompactSign, exportSPKI, importJWK, SignJWT } from 'jose';
import { fetchedKeys } from '../../../../lib/adapters/http/issuer-keys';
import { createTokenVerifier } from '../../../../lib/adapters/http/token-verifier';
import { tokenRulesSchema } from '../../../../lib/core/access/issuer';
import { AUDIENCE, type OidcProvider, startOidcProvider } from '../../../support/oidc-provider';

let provider: OidcProvider;
beforeEach(async () => {
  provider = await startOidcProvider();
});
afterEach(() => provider.close());

interface Ways {
  readonly maxAgeMs?: number;
  readonly cooldownMs?: number;
  readonly jwksUri?: string;
  readonly issuer?: string;
  readonly clock?: () => number;
}

function verifier({ issuer = provider.issuer, clock = Date.now, ...ways }: Ways = {}) {
  const keys = fetchedKeys({ issuer, clock, cooldownMs: 0, ...ways });
  const rules = tokenRulesSchema.parse({});
  return createTokenVerifier({
    issuer,
    keys,
    clock,
    audiences: [AUDIENCE],
    maxLifetimeSeconds: 3_600,
    ...rules,
  });
}

describe('tokens of a provider', () => {
  it('are verified by the keys that its discovery document leads to, which are fetched once', async () => {
    const verify = verifier({ cooldownMs: 60_000 });
    for (let i = 0; i < 5; i += 1) {
      expect((await verify(await provider.token())).caller).toEqual({
        subject: 'ana',
        scopes: ['orchestration.jobs'],
      });
    }
    expect(provider.asked()).toBe(1);
  });

  it('say until when they are good', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 77;
    expect((await verifier()(await provider.token({ exp }))).expires).toBe(exp);
  });

  it('are verified by other kinds of key pairs too', async () => {
    await provider.rotate({ alg: 'ES256' });
    expect((await verifier()(await provider.token())).caller.subject).toBe('ana');
  });

  it('go on being good while it rotates its keys, those of the key before too', async () => {
    const verify = verifier();
    const before = await provider.token();
    await verify(before);
    await provider.rotate();
    expect((await verify(await provider.token({ sub: 'ben' }))).caller.subject).toBe('ben');
    expect((await verify(before)).caller.subject).toBe('ana');
    expect(provider.asked()).toBe(2);
  });

  it('are refused once their key is withdrawn and its time is over', async () => {
    const verify = verifier({ maxAgeMs: 0 });
    const token = await provider.token();
    await verify(token);
    await provider.rotate({ withdraw: true });
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('of keys that nobody knows do not have it asked again and again', async () => {
    const verify = verifier({ cooldownMs: 60_000 });
    await verify(await provider.token());
    for (const kid of ['a', 'b', 'c']) {
      await expect(verify(await provider.token({}, { kid }))).rejects.toMatchObject({
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      });
    }
    expect(provider.asked()).toBe(1);
  });
});

describe('while a provider does not answer', () => {
  it('its last keys are believed, for a day', async () => {
    let now = Date.now();
    const verify = verifier({ maxAgeMs: 0, clock: () => now });
    await verify(await provider.token());
    provider.fail(true);
    expect((await verify(await provider.token())).caller.subject).toBe('ana');
    now += 25 * 3_600_000;
    const iat = Math.floor(now / 1_000);
    const later = await provider.token({ iat, exp: iat + 60 });
    await expect(verify(later)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('a key that is not among them is unknown, which is no fault of the token', async () => {
    const verify = verifier();
    await verify(await provider.token());
    await provider.rotate();
    const token = await provider.token();
    provider.fail(true);
    await expect(verify(token)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    provider.fail(false);
    expect((await verify(token)).caller.subject).toBe('ana');
  });

  it('and never has, nobody is refused for it', async () => {
    provider.fail(true);
    await expect(verifier()(await provider.token())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('the keys of a provider', () => {
  it.each([
    ['whose document is that of another issuer', { issuer: 'https://id.other.test' }],
    ['whose document leads to an address without TLS', { jwks_uri: 'http://id.other.test/keys' }],
    ['whose document names no keys', { jwks_uri: undefined }],
  ])('are not taken from one %s', async (_, over) => {
    const other = await startOidcProvider(over);
    try {
      const verify = verifier({ issuer: other.issuer });
      await expect(verify(await other.token())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(other.asked()).toBe(0);
    } finally {
      await other.close();
    }
  });

  it('are taken from where the configuration says, where it does', async () => {
    const verify = verifier({ jwksUri: `${provider.issuer}/jwks` });
    expect((await verify(await provider.token())).caller.subject).toBe('ana');
  });
});

describe('a token is refused', () => {
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['that is for somebody else', { aud: 'other' }, /somebody else/],
    ['that is for nobody', { aud: undefined }, /somebody else/],
    ['of another issuer', { iss: 'https://id.other.test' }, /iss/],
    ['that has expired', { iat: past, exp: past + 60 }, /has expired/],
    ['that does not say when it expires', { exp: undefined }, /when it expires/],
    ['that names nobody', { sub: undefined }, /subject/],
    ['whose subject is no text', { sub: 7 }, /subject|sub/],
  ])('%s', async (_, claims, message) => {
    await expect(verifier()(await provider.token(claims))).rejects.toThrow(message);
  });

  it('whose payload was changed', async () => {
    const [header, payload = '', signature] = (await provider.token()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const other = base64url.encode(JSON.stringify({ ...claims, sub: 'root' }));
    await expect(verifier()([header, other, signature].join('.'))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('that nobody signed', async () => {
    const [, payload] = (await provider.token()).split('.');
    const none = base64url.encode(JSON.stringify({ alg: 'none', typ: 'JWT' }));
    await expect(verifier()(`${none}.${payload}.`)).rejects.toThrow();
  });

  it('that is signed with the public key as if that were a shared secret', async () => {
    const [jwk] = provider.keys();
    const key = await importJWK(jwk as never, 'RS256', { extractable: true });
    const secret = Buffer.from(await exportSPKI(key as never));
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'root', iat: now, exp: now + 60 };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: jwk?.kid ?? '' })
      .sign(secret);
    await expect(verifier()(forged)).rejects.toMatchObject({ code: 'ERR_JOSE_ALG_NOT_ALLOWED' });
  });

  it('that brings a key of its own along', async () => {
    const other = await startOidcProvider();
    try {
      const [jwk] = other.keys();
      const token = await other.token({ iss: provider.issuer }, { jwk, kid: 'key-1' });
      await expect(verifier()(token)).rejects.toMatchObject({
        code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      });
    } finally {
      await other.close();
    }
  });

  it.each(['', 'a', 'a.b', 'a.b.c', '..', 'a.b.c.d.e'])('that is none: "%s"', async (text) => {
    await expect(verifier()(text)).rejects.toThrow();
  });

  it('whose payload is no object', async () => {
    const { privateKey } = await import('jose').then(({ generateKeyPair }) => generateKeyPair('RS256'));
    const text = await new CompactSign(new TextEncoder().encode('[]'))
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
      .sign(privateKey);
    await expect(verifier()(text)).rejects.toThrow();
  });
});
