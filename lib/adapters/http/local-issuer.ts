import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from 'jose';
import { RepriseError } from '../../core/errors';

/** The issuer of a deployment on this machine: its key lies in the state directory and works nowhere else. */
export const LOCAL_ISSUER = 'https://reprise.local/';
export const LOCAL_AUDIENCE = 'reprise';
const ALGORITHM = 'RS256';
const KEY_FILE = 'jwt-key.json';

export interface LocalKeys {
  /** Public, for the authorizer. */
  readonly jwks: JSONWebKeySet;
  readonly privateJwk: JWK;
}

/**
 * The key of the local issuer; made when it is missing, readable by its owner alone. Processes that come at once
 * end up with the same key.
 * @throws RepriseError INPUT_INVALID when the file holds something else.
 */
export async function ensureLocalKeys(stateDir: string): Promise<LocalKeys> {
  const path = join(stateDir, KEY_FILE);
  return (await readKeys(path)) ?? makeKeys(stateDir, path);
}

async function makeKeys(stateDir: string, path: string): Promise<LocalKeys> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const bare = await exportJWK(privateKey);
  const privateJwk = { ...bare, kid: await calculateJwkThumbprint(bare), alg: ALGORITHM, use: 'sig' };
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(privateJwk, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(draft, 0o600);
    // A link, unlike a rename, does not replace the key of a process that was faster.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKeys(path)) as LocalKeys;
}

async function readKeys(path: string): Promise<LocalKeys | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const privateJwk = parseKey(text, path);
  const { kty, n, e, kid, alg, use } = privateJwk;
  return { jwks: { keys: [{ kty, n, e, kid, alg, use } as JWK] }, privateJwk };
}

function parseKey(text: string, path: string): JWK {
  let key: JWK | undefined;
  try {
    key = JSON.parse(text) as JWK;
  } catch {
    key = undefined;
  }
  if (key?.kty === 'RSA' && key.d && key.kid) return key;
  throw new RepriseError(
    'INPUT_INVALID',
    `${path} holds no RSA private key as JWK: remove it to have one made`,
  );
}

export interface TokenRequest {
  readonly subject: string;
  /** Space separated. */
  readonly scope: string;
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A JWT of the local issuer. */
export async function issueLocalToken({ privateJwk }: LocalKeys, request: TokenRequest): Promise<string> {
  const { subject, scope, ttlMs, at } = request;
  const issuedAt = Math.floor(at / 1_000);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: privateJwk.kid as string })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(LOCAL_AUDIENCE)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(ttlMs / 1_000))
    .sign(await importJWK(privateJwk, ALGORITHM));
}
