import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { PATIENCE } from './patience';

/** Sends over the connections of a WebSocket API. @param endpoint of its stage. */
export const apiGateway = (endpoint: string) => new ApiGatewayManagementApiClient({ ...PATIENCE, endpoint });
