import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { problemDetails } from '../../../lib/contract/errors';
import { reportsRequest } from '../../../lib/contract/executions';
import type { EngineMessage, WorkerMessage } from '../../../lib/contract/worker-socket';

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
  /** The connections of workers that pull. */
  readonly sockets: FakeSockets;
  readonly close: () => Promise<void>;
}

export interface FakeSockets {
  /** All that were opened, in order; those that are closed included. */
  readonly opened: {
    readonly socket: WebSocket;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** All that workers said over them. */
  readonly said: WorkerMessage[];
  /** What is answered; undefined for nothing. By default heartbeats are heard. */
  answer: (message: WorkerMessage) => EngineMessage | string | undefined;
  /** A status with which connections are refused. */
  refuse: number | undefined;
  /** Over the connection that was opened last. */
  readonly send: (message: EngineMessage | string) => void;
}

export const DISPATCH_TOKEN = 'dispatch-token';

export async function fakeEngine(heartbeatSeconds = 60): Promise<FakeEngine> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      const answer = (each: Call) => {
        calls.push(each);
        return engine.intercept(each) ?? usual(each, { heartbeatSeconds, port });
      };
      const isReports = call.path.endsWith('/reports');
      send(response, isReports ? answerReports(call, answer) : answer(call));
    });
  });
  const sockets = fakeSockets();
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', goneMeanwhile);
    if (sockets.refuse !== undefined) return void socket.end(`HTTP/1.1 ${sockets.refuse} No\r\n\r\n`);
    upgrades.handleUpgrade(request, socket, head, (opened) => sockets.add(opened, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const engine: FakeEngine = {
    url: `http://127.0.0.1:${port}/restapis/abc/local/_user_request_`,
    calls,
    to: (part) => calls.filter(({ path }) => path.includes(part)),
    intercept: () => undefined,
    sockets,
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of sockets.opened) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return engine;
}

function usual(
  { path, body }: Call,
  { heartbeatSeconds: heartbeat_seconds, port }: { heartbeatSeconds: number; port: number },
): Answer {
  if (path.endsWith('/workers')) {
    const registered = { worker_id: 'w', dispatch_token: DISPATCH_TOKEN, heartbeat_seconds };
    const connect = `ws://127.0.0.1:${port}/v1?worker=${String(body['worker_id'])}`;
    return { status: 201, body: body['endpoint'] === undefined ? { ...registered, connect } : registered };
  }
  return { status: 202, body: {} };
}

/** Each report of a call counts as the callback that it is. */
function answerReports({ headers, body }: Call, answer: (call: Call) => Answer): Answer {
  const { reports } = reportsRequest.parse(body);
  const results = reports.map(({ job_id, node_id, attempt, attempt_token, callback, body }) => {
    const path = `/jobs/${job_id}/nodes/${node_id}/attempts/${attempt}/${callback}`;
    const call = { method: 'POST', path, headers: { ...headers, 'x-attempt-token': attempt_token }, body };
    const { status, body: told } = answer(call);
    return status === 202 ? { status } : { status, error: problemDetails.safeParse(told).data };
  });
  return { status: 200, body: { results } };
}

function fakeSockets() {
  const sockets: FakeSockets & { add: (socket: WebSocket, request: IncomingMessage) => void } = {
    opened: [],
    said: [],
    answer: ({ type }) => (type === 'heartbeat' ? { type: 'heard' } : undefined),
    refuse: undefined,
    send: (message) => sockets.opened.at(-1)?.socket.send(asText(message)),
    add(socket, { url = '', headers }) {
      sockets.opened.push({ socket, url, headers });
      socket.on('error', goneMeanwhile);
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as WorkerMessage;
        sockets.said.push(message);
        const answer = sockets.answer(message);
        if (answer !== undefined) socket.send(asText(answer));
      });
    },
  };
  return sockets;
}

/** A worker that ends a connection while something is on its way resets it. */
const goneMeanwhile = (): void => undefined;

const asText = (message: EngineMessage | string): string =>
  typeof message === 'string' ? message : JSON.stringify(message);

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
