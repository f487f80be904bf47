import { createPostToConnection } from '../../lib/adapters/aws/sockets/connections';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { apiGateway } from './clients/api-gateway';

/** Where workers that pull connect, wired from the environment: `wss://...`. */
export const socketUrl = once(() => {
  const { SOCKET_URL, AWS_ENDPOINT_URL } = readEnv('SOCKET_URL', 'AWS_ENDPOINT_URL');
  return AWS_ENDPOINT_URL === undefined ? SOCKET_URL : localUrl(SOCKET_URL, AWS_ENDPOINT_URL);
});

export const postToConnection = once(() =>
  createPostToConnection(apiGateway(socketUrl().replace(/^ws/, 'http'))),
);

/** The local cloud has no host name for an API: it is a path there. */
function localUrl(url: string, endpoint: string): string {
  const { hostname, pathname } = new URL(url);
  const [api] = hostname.split('.');
  return `${endpoint.replace(/^http/, 'ws')}/_aws/execute-api/${api}${pathname}`;
}
