import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { isRepriseError, RepriseError } from '../../core/errors';

/**
 * What nobody is called at, whatever a deployment says: this host under its other names, the neighbours on its link
 * and the metadata services of clouds among them, whole groups, and IPv6 addresses that stand for one of IPv4.
 */
const NEVER = [
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::/32'],
  ...['::/128', 'fe80::/10', 'fec0::/10', 'ff00::/8', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16'],
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** An answer of the contract is some KiB. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface WorkerAddressesOptions {
  /** Networks in which http is allowed, and loopback where they hold it. */
  readonly httpCidrs: readonly string[];
  readonly resolve?: Resolve;
  /** Who is called, in words. */
  readonly whose?: 'workers' | 'receivers';
}

/** Which addresses the engine calls workers at. */
export interface WorkerAddresses {
  /**
   * Resolves the host of an endpoint and checks every address that it has.
   * @throws RepriseError ENDPOINT_REFUSED; UPSTREAM_UNAVAILABLE while names cannot be resolved.
   */
  readonly require: (endpoint: string) => Promise<void>;
  /**
   * Calls a worker: resolves, checks, and connects to what was checked, however its name resolves a moment later. Follows
   * no redirect and reads no more of an answer than the contract has.
   * @throws RepriseError ENDPOINT_REFUSED
   */
  readonly fetch: typeof fetch;
}

export function createWorkerAddresses({
  httpCidrs,
  resolve = resolveAll,
  whose = 'workers',
}: WorkerAddressesOptions): WorkerAddresses {
  const never = listOf(NEVER);
  const loopback = listOf(LOOPBACK);
  const http = listOf(httpCidrs);

  function faultOf({ address, family }: LookupAddress, protocol: string): string | undefined {
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (never.check(address, type)) return `is not for ${whose}`;
    const isNamed = http.check(address, type);
    if (loopback.check(address, type) && !isNamed) return 'is the engine itself';
    return protocol === 'https:' || isNamed ? undefined : 'is in no network where http is allowed: use https';
  }

  async function addressesOf(hostname: string, protocol: string): Promise<readonly LookupAddress[]> {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(host);
    const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
    for (const address of addresses) {
      const fault = faultOf(address, protocol);
      // Which address that is belongs to the networks that only the engine sees.
      if (fault !== undefined) throw refused(`the address of ${hostname} ${fault}`);
    }
    if (addresses.length === 0) throw refused(`${hostname} has no address`);
    return addresses;
  }

  const agents = Object.fromEntries(
    ['http:', 'https:'].map((protocol) => {
      const lookup: LookupFunction = (hostname, { all }, callback) => {
        addressesOf(hostname, protocol).then(
          (addresses) => {
            const [{ address, family }] = addresses as [LookupAddress];
            if (all) callback(null, [...addresses]);
            else callback(null, address, family);
          },
          (error) => callback(error, '', 0),
        );
      };
      return [protocol, new Agent({ connect: { lookup }, maxResponseSize: MAX_ANSWER_BYTES })];
    }),
  );

  return {
    async require(endpoint) {
      const { hostname, protocol } = new URL(endpoint);
      await addressesOf(hostname, protocol);
    },
    fetch: (async (input: string | URL, init: object = {}) => {
      const url = new URL(input);
      // Nothing is looked up for an address.
      if (isIP(url.hostname.replace(/^\[(.*)\]$/, '$1'))) await addressesOf(url.hostname, url.protocol);
      const dispatcher = agents[url.protocol];
      if (!dispatcher) throw refused(`${url.protocol} is neither http nor https`);
      try {
        return await undiciFetch(url, { ...init, redirect: 'error', dispatcher });
      } catch (error) {
        const { cause } = error as Error;
        throw isRepriseError(cause) ? cause : error;
      }
    }) as unknown as typeof fetch,
  };
}

function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function resolveAll(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((done, failed) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (!error) return done(addresses);
      const isLasting = error.code === 'ENOTFOUND';
      failed(
        isLasting
          ? refused(`${hostname} has no address`)
          : new RepriseError('UPSTREAM_UNAVAILABLE', `${hostname} cannot be resolved now`, { cause: error }),
      );
    });
  });
}

function refused(message: string): RepriseError {
  const problem = { code: 'ENDPOINT_REFUSED' as const, path: 'endpoint', message };
  return new RepriseError('ENDPOINT_REFUSED', `endpoint: ${message}`, { problems: [problem] });
}
