import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import {
  ensureLocalKeys,
  issueLocalToken,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
} from '../../../../lib/adapters/http/local-issuer';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-issuer-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the local issuer', () => {
  it('makes one key, for its owner alone, however many processes come at once', async () => {
    const state = join(dir, 'state');
    const keys = await Promise.all([1, 2, 3].map(() => ensureLocalKeys(state)));
    expect(new Set(keys.map(({ privateJwk }) => privateJwk.kid)).size).toBe(1);
    expect(readdirSync(state)).toEqual(['jwt-key.json']);
    expect(statSync(join(state, 'jwt-key.json')).mode & 0o777).toBe(0o600);
    expect((await ensureLocalKeys(state)).privateJwk).toEqual(keys[0]?.privateJwk);
  });

  it('publishes nothing of the private key', async () => {
    const { jwks } = await ensureLocalKeys(dir);
    expect(Object.keys(jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('issues tokens that the authorizer accepts', async () => {
    const keys = await ensureLocalKeys(dir);
    const wanted = { subject: 'ann', scope: 'orchestration.jobs orchestration.worker', ttlMs: 60_000 };
    const token = await issueLocalToken(keys, { ...wanted, at: Date.now() });
    const expected = { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE };
    const published = createLocalJWKSet(JSON.parse(JSON.stringify(keys.jwks)));
    const { payload } = await jwtVerify(token, published, expected);
    expect(payload).toMatchObject({ sub: 'ann', scope: wanted.scope });
    const old = await issueLocalToken(keys, { ...wanted, at: Date.now() - 120_000 });
    await expect(jwtVerify(old, published, expected)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });

  it('does not replace a file that is no key', async () => {
    writeFileSync(join(dir, 'jwt-key.json'), '{"kty":"EC"}');
    await expect(ensureLocalKeys(dir)).rejects.toThrow(/remove it to have one made/);
    expect(readFileSync(join(dir, 'jwt-key.json'), 'utf8')).toBe('{"kty":"EC"}');
  });
});
