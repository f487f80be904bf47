import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A call on its way to the cloud. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** Such as `SendMessage`; empty where the protocol has none. */
  readonly action: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The caller's end of the connection, by which its process is known. */
  readonly callerPort: number;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * What becomes of a call: `pass` has the cloud answer it, this or another one. Where there is no answer, the connection of the
 * caller is cut.
 */
export type Fault = (
  call: Call,
  pass: (call: Call) => Promise<CallAnswer>,
) => Promise<CallAnswer | undefined>;

export interface FaultProxy {
  readonly url: string;
  /** From now on; without a fault all calls pass. */
  readonly suffer: (fault?: Fault) => void;
  readonly stop: () => Promise<void>;
}

/** Stands between those who call the cloud and the cloud. Connections of workers pass as they are. */
export async function startFaultProxy(cloudPort: number): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const passing: Fault = (call, pass) => pass(call);
  let fault = passing;
  const pass = (call: Call) => forward(call, cloudPort, agent);

  const server = createServer(async (incoming, response) => {
    try {
      const answer = await fault(await callOf(incoming), pass);
      if (answer) return reply(response, answer);
    } catch {
      // The cloud cannot be reached, or the caller is gone.
    }
    response.destroy();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket, head) => {
    const cloud = connect(cloudPort, '127.0.0.1', () => {
      const headers: string[] = [];
      for (let i = 0; i < incoming.rawHeaders.length; i += 2)
        headers.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
      cloud.write([`${incoming.method} ${incoming.url} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
      cloud.write(head);
      cloud.pipe(socket).pipe(cloud);
    });
    for (const [one, other] of [
      [cloud, socket],
      [socket, cloud],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    suffer(next = passing) {
      fault = next;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function callOf(incoming: IncomingMessage): Promise<Call> {
  const { method = 'GET', url: path = '/', headers, socket } = incoming;
  const target = headers['x-amz-target'];
  const action = typeof target === 'string' ? (target.split('.').at(-1) ?? '') : '';
  return { method, path, action, headers, body: await bodyOf(incoming), callerPort: socket.remotePort ?? 0 };
}

function forward({ method, path, headers, body }: Call, port: number, agent: Agent): Promise<CallAnswer> {
  const { connection: _c, 'transfer-encoding': _t, expect: _e, ...rest } = headers;
  const sent = { ...rest, 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers: sent, agent }, (answer) => {
      const { statusCode: status = 502, headers } = answer;
      bodyOf(answer).then((body) => resolve({ status, headers, body }), reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

function reply(response: ServerResponse, { status, headers, body }: CallAnswer): void {
  const { connection: _c, 'transfer-encoding': _t, ...rest } = headers;
  // A HEAD says how long a body would be that it does not have.
  response.writeHead(status, body.length > 0 ? { ...rest, 'content-length': body.length } : rest).end(body);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
