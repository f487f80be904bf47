import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { createDeliverer } from '../../../../lib/adapters/http/deliverer';
import { createWorkerAddresses } from '../../../../lib/adapters/http/worker-addresses';
import { createSmtpMailer } from '../../../../lib/adapters/mail/smtp';
import { RepriseError } from '../../../../lib/core/errors';
import type { SecretRef, TargetDefinition } from '../../../../lib/core/notify/rules';
import { notice } from '../../../support/target-driver';

const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const WEBHOOK = { type: 'webhook', secret: { env: 'HOOK' } } as const;

interface Call {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let address: string;
let calls: Call[];
let answer: (response: ServerResponse, call: Call) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const call = { url: request.url ?? '', headers: request.headers, body };
      calls.push(call);
      answer(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
  answer = (response) => response.end('ok');
});

function deliver(target: TargetDefinition, httpCidrs = ['127.0.0.0/8'], more = {}) {
  const secrets: Record<string, string> = {
    HOOK: SECRET,
    SLACK: `${address}/services/T0/B0/hush`,
    TOKEN: 'hush',
  };
  const deliverer = createDeliverer({
    fetch: createWorkerAddresses({ httpCidrs, whose: 'receivers' }).fetch,
    secret: async (ref: SecretRef) => secrets['env' in ref ? ref.env : ref.arn] ?? '',
    mailer: async ({ smtp }) => createSmtpMailer({ ...smtp!, timeoutMs: 5_000 }),
    clock: Date.now,
    timeoutMs: 300,
  });
  return deliverer.deliver(target, {
    id: 'job/j/9',
    notices: [notice('job/j/9', more)],
    more: 0,
    at: Date.now(),
  });
}

const errorOf = async (delivery: Promise<unknown>): Promise<RepriseError> => {
  const error = await delivery.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RepriseError) return error;
  throw new Error(`it did not fail as it should: ${error}`);
};

describe('a delivery to a webhook', () => {
  it('is signed, and has the same id at every try', async () => {
    const target = { ...WEBHOOK, url: `${address}/hook` };
    expect(await deliver(target)).toEqual({ to: new URL(address).host });
    await deliver(target);
    const [first, second] = calls as [Call, Call];
    const headers = first.headers as Record<string, string>;
    expect(new Webhook(SECRET).verify(first.body, headers)).toMatchObject({ data: { id: 'job/j/9' } });
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
  });

  it.each([
    [429, { 'retry-after': '7' }, 7_000],
    [503, {}, undefined],
    [408, {}, undefined],
  ])('that is answered %d may be tried again', async (status, headers, retryAfterMs) => {
    answer = (response) => response.writeHead(status, headers).end('later\nplease');
    const error = await errorOf(deliver({ ...WEBHOOK, url: address }));
    expect(error.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(error.message).toContain(`answered ${status}: later please`);
    expect(error.context['retryAfterMs']).toBe(retryAfterMs);
  });

  it.each([400, 401, 404, 410])('that is answered %d is not', async (status) => {
    answer = (response) => response.writeHead(status).end();
    expect((await errorOf(deliver({ ...WEBHOOK, url: address }))).disposition).toBe('terminal');
  });

  it('follows no redirect', async () => {
    answer = (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end();
    const error = await errorOf(deliver({ ...WEBHOOK, url: address }));
    expect([error.disposition, error.message]).toEqual(['terminal', expect.stringContaining('redirects')]);
    expect(calls).toHaveLength(1);
  });

  it('waits no longer than it has patience, and may be tried again', async () => {
    answer = () => undefined;
    const error = await errorOf(deliver({ ...WEBHOOK, url: address }));
    expect([error.disposition, error.message]).toEqual([
      'retryable',
      expect.stringContaining('within 300 ms'),
    ]);
  });

  it('reads no more of an answer than its beginning', async () => {
    answer = (response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    await expect(deliver({ ...WEBHOOK, url: address })).resolves.toBeDefined();
  });

  it.each([
    ['loopback by another name', (port: string) => `http://localhost:${port}/`],
    ['loopback by https', (port: string) => `https://127.0.0.1:${port}/`],
    ['loopback as a number', (port: string) => `http://2130706433:${port}/`],
    ['loopback of IPv6', (port: string) => `http://[::1]:${port}/`],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
    ['the metadata of a cloud as IPv6', () => 'http://[::ffff:169.254.169.254]/'],
  ])('does not go to %s where the deployment does not name it', async (_, urlOf) => {
    const url = urlOf(new URL(address).port);
    const error = await errorOf(deliver({ ...WEBHOOK, url }, []));
    expect([error.code, error.disposition]).toEqual(['ENDPOINT_REFUSED', 'terminal']);
    expect(calls).toEqual([]);
  });
});

describe('a delivery to Slack', () => {
  it('goes to the address that is its secret, of which nobody is told more than the host', async () => {
    expect(await deliver({ type: 'slack', url: { env: 'SLACK' } })).toEqual({ to: new URL(address).host });
    expect(calls[0]?.url).toBe('/services/T0/B0/hush');
    answer = (response) => response.writeHead(404).end('no_service');
    const error = await errorOf(deliver({ type: 'slack', url: { env: 'SLACK' } }));
    expect(error.message).toContain('no_service');
    expect(JSON.stringify([error.message, error.context])).not.toContain('hush');
  });

  it('needs an address', async () => {
    const error = await errorOf(deliver({ type: 'slack', url: { env: 'TOKEN' } }));
    expect(error.message).toBe('the secret TOKEN is no address: it must begin with https://');
  });
});

describe('a delivery to GitHub', () => {
  it('sets the status of the commit', async () => {
    const target = {
      ...({ type: 'github', repository: 'acme/shop', token: { env: 'TOKEN' } } as const),
      ...{ commit: 'commit', context: 'reprise/{graph}', api: address },
    };
    const to = await deliver(target, undefined, { jobId: 'j', graph: 'shop', commit: 'c0ffee' });
    expect(to).toEqual({ to: 'acme/shop c0ffee' });
    expect(calls[0]?.url).toBe('/repos/acme/shop/statuses/c0ffee');
    expect(calls[0]?.headers).toMatchObject({
      authorization: 'Bearer hush',
      accept: 'application/vnd.github+json',
    });
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
      ...{ state: 'failure', context: 'reprise/shop', description: 'job j failed' },
    });
  });
});

describe('a delivery by email', () => {
  it('goes to a server of SMTP, and its refusals are told apart', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      ...{ authOptional: true, hideSTARTTLS: true, logger: false },
      onRcptTo({ address: to }, _, callback) {
        const refusal = Object.assign(new Error('no such box'), { responseCode: 550 });
        const busy = Object.assign(new Error('try later'), { responseCode: 451 });
        if (to.startsWith('gone')) callback(refusal);
        else callback(to.startsWith('busy') ? busy : undefined);
      },
      onData(stream, _, callback) {
        let mail = '';
        stream.on('data', (chunk) => {
          mail += chunk;
        });
        stream.on('end', () => {
          mails.push(mail);
          callback();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as AddressInfo;
    const to = (box: string) =>
      deliver(
        {
          ...{ type: 'email', from: 'reprise@ci.example', to: [`${box}@ci.example`] },
          smtp: { host: '127.0.0.1', port, tls: false },
        },
        undefined,
        { title: 'a title' },
      );
    try {
      expect(await to('ana')).toEqual({ to: 'ana@ci.example' });
      expect(mails[0]).toMatch(/^Subject: \[reprise warning\] a title/m);
      expect(mails[0]).toMatch(/^Message-ID: <msg_[0-9a-f]{32}@reprise>/m);
      expect((await errorOf(to('gone'))).disposition).toBe('terminal');
      expect((await errorOf(to('busy'))).disposition).toBe('retryable');
    } finally {
      await new Promise<void>((resolve) => smtp.close(resolve));
    }
    expect((await errorOf(to('ana'))).disposition).toBe('retryable');
  });
});
