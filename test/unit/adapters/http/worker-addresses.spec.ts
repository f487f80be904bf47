import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestExecutionClient } from '../../../../lib/adapters/http/test-execution-client';
import { createWorkerAddresses, type Resolve } from '../../../../lib/adapters/http/worker-addresses';

const resolving =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const refused = { code: 'ENDPOINT_REFUSED' };

describe('an endpoint', () => {
  const { require } = createWorkerAddresses({
    httpCidrs: ['10.1.0.0/16', 'fd12::/32'],
    resolve: resolving('203.0.113.7'),
  });

  it.each([
    'https://w.example',
    'https://203.0.113.7',
    'http://10.1.2.3:8080',
    'http://[fd12::1]:8080',
    'https://10.9.9.9',
  ])('at %s is one that the engine may call', async (endpoint) => {
    await expect(require(endpoint)).resolves.toBeUndefined();
  });

  it.each([
    ['http outside of the networks for it', 'http://w.example'],
    ['http outside of the networks for it, by its address', 'http://10.2.0.1'],
    ['loopback', 'https://127.0.0.1'],
    ['loopback of another number', 'https://127.9.9.9'],
    ['loopback as a number', 'https://2130706433'],
    ['loopback in hexadecimal', 'https://0x7f.1'],
    ['loopback of IPv6', 'https://[::1]'],
    ['loopback of IPv4 within IPv6', 'https://[::ffff:127.0.0.1]'],
    ['every address of this host', 'https://0.0.0.0'],
    ['the metadata service', 'https://169.254.169.254'],
    ['the metadata service within IPv6', 'https://[::ffff:169.254.169.254]'],
    ['the metadata service of IPv6', 'https://[fd00:ec2::254]'],
    ['the metadata service behind NAT64', 'https://[64:ff9b::a9fe:a9fe]'],
    ['the metadata service of another cloud', 'https://100.100.100.200'],
    ['the link', 'https://[fe80::1]'],
    ['a group', 'https://224.0.0.1'],
  ])('at %s is refused', async (_, endpoint) => {
    await expect(require(endpoint)).rejects.toMatchObject(refused);
  });

  it.each([['127.0.0.1'], ['169.254.169.254'], ['::1'], ['203.0.113.7', '127.0.0.1']])(
    'whose name resolves to %s, among others, is refused',
    async (...addresses) => {
      const { require } = createWorkerAddresses({ httpCidrs: [], resolve: resolving(...addresses) });
      await expect(require('https://w.example')).rejects.toMatchObject(refused);
      await expect(require('https://w.example')).rejects.not.toThrow(/127|169|::1/);
    },
  );

  it('whose name has no address is refused', async () => {
    const { require } = createWorkerAddresses({ httpCidrs: [], resolve: resolving() });
    await expect(require('https://w.example')).rejects.toMatchObject(refused);
  });

  it('on loopback is allowed where the deployment names it, and metadata is not whatever it names', async () => {
    const local = createWorkerAddresses({ httpCidrs: ['127.0.0.0/8', '::1/128', '169.254.0.0/16', '::/0'] });
    await expect(local.require('http://127.0.0.1:4000')).resolves.toBeUndefined();
    await expect(local.require('http://[::1]:4000')).resolves.toBeUndefined();
    await expect(local.require('http://169.254.169.254')).rejects.toMatchObject(refused);
    await expect(local.require('http://[::ffff:169.254.169.254]')).rejects.toMatchObject(refused);
  });
});

describe('a call of a worker', () => {
  let server: Server;
  let port: number;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const hits: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      hits.push(request.url ?? '');
      answer(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    hits.length = 0;
    answer = (_request, response) =>
      response.writeHead(202, { 'content-type': 'application/json' }).end('{}');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const LOCAL = ['127.0.0.0/8'];
  const request = {
    ...{ jobId: 'j', nodeId: 'a', attempt: 1, work: { kind: 'command' as const, run: 'x' } },
    ...{ timeoutMs: 1_000, traceId: 't' },
  };
  const calling = (endpoint: string, httpCidrs: readonly string[], resolve?: Resolve) =>
    createTestExecutionClient({
      ...{ endpoint, dispatchToken: 'd', attemptToken: 'a', timeoutMs: 2_000 },
      fetch: createWorkerAddresses({ httpCidrs, ...(resolve && { resolve }) }).fetch,
    }).submit(request);

  it('goes to the address that was checked, whatever the system makes of the name', async () => {
    await calling(`http://worker.invalid:${port}`, LOCAL, resolving('127.0.0.1'));
    expect(hits).toEqual(['/executions']);
  });

  it('is not made where the name has come to mean the engine itself since it registered', async () => {
    let address = '203.0.113.7';
    const addresses = createWorkerAddresses({
      httpCidrs: ['203.0.113.0/24'],
      resolve: async () => [{ address, family: 4 }],
    });
    const endpoint = `http://worker.invalid:${port}`;
    await addresses.require(endpoint);
    address = '127.0.0.1';
    const options = { endpoint, dispatchToken: 'd', attemptToken: 'a', fetch: addresses.fetch };
    await expect(createTestExecutionClient(options).submit(request)).rejects.toMatchObject(refused);
    expect(hits).toEqual([]);
  });

  it('is not made to an address that the engine may not call, though nothing has to be resolved for it', async () => {
    await expect(calling(`http://127.0.0.1:${port}`, [])).rejects.toMatchObject(refused);
    expect(hits).toEqual([]);
  });

  it('follows no redirect', async () => {
    answer = (_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    await expect(calling(`http://127.0.0.1:${port}`, LOCAL)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(hits).toEqual(['/executions']);
  });

  it('reads no more of an answer than the contract has', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    };
    await expect(calling(`http://127.0.0.1:${port}`, LOCAL)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});
