import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type SocketPeer, socketQuery, type WorkerSocket } from '../../lib/api/worker-socket';
import { logger } from '../runtime/telemetry';

/** What the authorizer found when the connection was opened; the gateway adds it to everything that comes over it. */
type SocketEvent = APIGatewayProxyWebsocketEventV2 & {
  readonly requestContext: { readonly authorizer?: Readonly<Record<string, unknown>> };
};

interface SocketAnswer {
  readonly statusCode: number;
  readonly body?: string;
}

/** The routes of the WebSocket API. What a message is answered goes back over its connection. */
export function createSocketHandler(socket: WorkerSocket) {
  return async (event: SocketEvent): Promise<SocketAnswer> => {
    const { eventType, requestId } = event.requestContext;
    const peer = peerOf(event);
    if (!peer) return { statusCode: 403 };
    const { worker, pool } = peer.query;
    if (eventType === 'CONNECT') {
      const opens = socket.opens(peer);
      const who = { worker, pool, subject: peer.caller.subject };
      if (opens) logger.info('connected', who);
      else logger.warn('refused', { route: '$connect', ...who });
      return { statusCode: opens ? 200 : 403 };
    }
    if (eventType === 'DISCONNECT') {
      await socket.closed(peer);
      logger.info('disconnected', { worker, pool });
      return { statusCode: 200 };
    }
    const answer = await socket.hear(peer, event.body ?? '', requestId);
    // Heartbeats are most of what there is, and a line of each would cost more than the rest of it.
    logger.debug('heard', { worker, pool, answer: answer?.type });
    return { statusCode: 200, ...(answer === undefined ? {} : { body: JSON.stringify(answer) }) };
  };
}

function peerOf({ requestContext }: SocketEvent): SocketPeer | undefined {
  const { authorizer = {}, connectionId } = requestContext;
  const { subject, scopes, expires } = authorizer;
  const query = socketQuery(authorizer);
  if (query === undefined || typeof subject !== 'string' || subject === '') return undefined;
  const caller = {
    subject,
    scopes: String(scopes ?? '')
      .split(' ')
      .filter(Boolean),
  };
  return { connectionId, caller, query, expiresAt: Number(expires ?? 0) * 1_000 };
}
