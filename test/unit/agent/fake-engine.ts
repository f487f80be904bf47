import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** The REST API of the engine as a worker sees it, over real HTTP. */
export interface FakeEngine {
  readonly url: string;
  /** All calls in the order of their arrival, refused ones included. */
  readonly calls: Call[];
  /** Calls whose path contains the text. */
  readonly to: (part: string) => Call[];
  /** Answers instead of the usual; undefined leaves it to the usual. */
  intercept: (call: Call) => Answer | undefined;
  readonly close: () => Promise<void>;
}

export const DISPATCH_TOKEN = 'dispatch-token';

export async function fakeEngine(heartbeatSeconds = 60): Promise<FakeEngine> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      send(response, engine.intercept(call) ?? usual(call, heartbeatSeconds));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const engine: FakeEngine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/restapis/abc/local/_user_request_`,
    calls,
    to: (part) => calls.filter(({ path }) => path.includes(part)),
    intercept: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return engine;
}

function usual({ path }: Call, heartbeat_seconds: number): Answer {
  if (path.endsWith('/workers')) {
    return { status: 201, body: { worker_id: 'w', dispatch_token: DISPATCH_TOKEN, heartbeat_seconds } };
  }
  return { status: 202, body: {} };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: text === '' ? {} : JSON.parse(text) };
}

function send(response: ServerResponse, { status, body = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
