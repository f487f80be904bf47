import {
  type ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { isNamed, upstream } from '../aws-errors';

/** Sends over a connection. @returns false when it is closed, or not open yet. */
export type PostToConnection = (connectionId: string, text: string) => Promise<boolean>;

export function createPostToConnection(client: ApiGatewayManagementApiClient): PostToConnection {
  return async (ConnectionId, text) => {
    const command = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) });
    try {
      await upstream('API Gateway send', () => client.send(command));
      return true;
    } catch (error) {
      if (isNamed(error, 'GoneException')) return false;
      throw error;
    }
  };
}
