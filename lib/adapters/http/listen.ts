import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';
import { PROBLEM_JSON, problemOf } from '../../contract/errors';
import { type ErrorCode, RepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';
import { newId } from '../system';

export interface Listening {
  /** Such as `http://127.0.0.1:40123`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Who sends a request slowly does not hold a connection for ever. */
const serverOptions = { requestTimeout: LIMITS.callMs };

/** @throws RepriseError INPUT_INVALID when the address cannot be taken. */
export function listen(
  app: Pick<Hono, 'fetch'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const listener = getRequestListener(app.fetch, { hostname: host, errorHandler });
    const server = createServer(serverOptions, listener);
    server.on('clientError', refuse);
    server.listen(port, host, () => {
      const info = server.address() as AddressInfo;
      const name = info.family === 'IPv6' ? `[${info.address}]` : info.address;
      resolve({
        address: `http://${name}:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
    server.on('error', (cause: Error) => {
      reject(
        new RepriseError('INPUT_INVALID', `cannot listen on ${host} port ${port}: ${cause.message}`, {
          cause,
        }),
      );
    });
  });
}

/** A request whose address or host cannot be read is one of no route. */
function errorHandler(error: unknown): Response {
  const status = error instanceof RequestError ? 400 : 500;
  const { headers, body } = unread(status);
  return new Response(body, { status, headers });
}

/** What of HTTP itself is refused before there is a request, by the error of its parser. */
const REFUSED = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
} as const;

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, reason] = REFUSED[error.code as keyof typeof REFUSED] ?? [400, 'Bad Request'];
  const { headers, body } = unread(status);
  const all = { ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) };
  const head = [`HTTP/1.1 ${status} ${reason}`, ...Object.entries(all).map((header) => header.join(': '))];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const CODES: Readonly<Record<number, ErrorCode>> = { 431: 'INPUT_TOO_LARGE', 500: 'INTERNAL' };
const DETAILS: Readonly<Record<number, string>> = {
  400: 'The request is no HTTP that can be read.',
  408: 'The request took too long to arrive.',
  431: 'The headers of the request are too long.',
  500: 'The request failed on our side.',
};

/** Whatever ids were sent cannot be read: the answer has ids of its own. */
function unread(status: number) {
  const code = CODES[status] ?? 'INPUT_INVALID';
  const ids = { traceId: randomBytes(16).toString('hex'), correlationId: newId() };
  const problem = problemOf({ ...{ code, status, detail: DETAILS[status] ?? '' }, instance: '', ...ids });
  const headers = {
    ...{ 'Content-Type': PROBLEM_JSON, 'X-Trace-Id': ids.traceId, 'X-Correlation-Id': ids.correlationId },
  };
  return { headers, body: JSON.stringify(problem) };
}
