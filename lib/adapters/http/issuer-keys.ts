import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import * as z from 'zod';
import { RepriseError } from '../../core/errors';
import type { Clock } from '../../core/model/time';
import { call } from './call';

export interface KeysOfIssuer {
  readonly issuer: string;
  /** Where they are; without it, where the discovery document of the issuer says. */
  readonly jwksUri?: string | undefined;
  readonly clock: Clock;
  /** How long they are believed before they are fetched anew, milliseconds. */
  readonly maxAgeMs?: number;
  /** How long after that a key that is not among them has them fetched anew, milliseconds. */
  readonly cooldownMs?: number;
}

/** A key that its issuer withdraws is believed for so long at most. */
const MAX_AGE_MS = 10 * 60_000;
/** Whoever makes up names of keys has the issuer asked once in so long. */
const COOLDOWN_MS = 5_000;
/** While the issuer does not answer, its last keys are believed: its outage is not to be that of every worker. */
const KEPT_MS = 24 * 3_600_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1_024;

const jwks = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

export interface IssuerKeys {
  readonly get: JWTVerifyGetKey;
  /** Whether the latest answer of the issuer was one: a key that is not known then is none. */
  readonly areCurrent: () => boolean;
}

/** Keys that are given inline are all there are. */
export function inlineKeys(keySet: string): IssuerKeys {
  return { get: createLocalJWKSet(JSON.parse(keySet) as JSONWebKeySet), areCurrent: () => true };
}

/** The public keys of an issuer, fetched when they are needed, kept, and fetched anew as they change. */
export function fetchedKeys(of: KeysOfIssuer): IssuerKeys {
  const { issuer, clock, maxAgeMs = MAX_AGE_MS, cooldownMs = COOLDOWN_MS } = of;
  let last: { readonly body: string; readonly at: number } | undefined;
  let isCurrent = true;

  async function load(): Promise<string> {
    try {
      const body = JSON.stringify(await fetchKeys(of));
      last = { body, at: clock() };
      isCurrent = true;
      return body;
    } catch (cause) {
      isCurrent = false;
      if (last && clock() - last.at < KEPT_MS) return last.body;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', `the keys of ${issuer} cannot be had now`, { cause });
    }
  }

  const fetching: FetchImplementation = async () => new Response(await load());
  const options = { cacheMaxAge: maxAgeMs, cooldownDuration: cooldownMs, timeoutDuration: 3 * TIMEOUT_MS };
  return {
    get: createRemoteJWKSet(new URL(issuer), { ...options, [customFetch]: fetching }),
    areCurrent: () => isCurrent,
  };
}

async function fetchKeys({ issuer, jwksUri }: KeysOfIssuer): Promise<z.output<typeof jwks>> {
  return get(jwksUri ?? (await discovered(issuer)), jwks);
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse: the issuer is the one asked for. */
async function discovered(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await get(url, discovery);
  if (document.issuer === issuer) return document.jwks_uri;
  throw new RepriseError('INPUT_INVALID', `${url} is the document of another issuer, ${document.issuer}`);
}

/** Over TLS, but on this machine: whoever can change the keys on their way can be anybody. */
function get<S extends z.ZodType>(url: string, schema: S): Promise<z.output<S>> {
  const { protocol, hostname } = new URL(url);
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) {
    throw new RepriseError('INPUT_INVALID', `keys are fetched over https: ${url} is not`);
  }
  return call({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }, schema);
}
