import { Validations } from 'aws-cdk-lib';
import { ResponseType, type SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { gatewayProblem } from '../api/http-errors';
import type { ErrorCode } from '../core/errors';

const JSON_TYPE = 'application/json';

/**
 * What the gateway answers before a function is asked, by type. Each type has a row: the defaults stand for many statuses,
 * and a body that says its own status is right for one alone.
 */
const GATEWAY_ERRORS: readonly (readonly [type: string, code: ErrorCode, status: number, detail: string])[] =
  [
    [
      'UNAUTHORIZED',
      'UNAUTHENTICATED',
      401,
      'The request carries no valid credentials: send Authorization: Bearer <token>.',
    ],
    ['ACCESS_DENIED', 'FORBIDDEN', 403, 'These credentials do not allow this call.'],
    ['MISSING_AUTHENTICATION_TOKEN', 'ROUTE_NOT_FOUND', 404, 'No such path or method in the API.'],
    ['RESOURCE_NOT_FOUND', 'ROUTE_NOT_FOUND', 404, 'No such path or method in the API.'],
    [
      'UNSUPPORTED_MEDIA_TYPE',
      'MEDIA_TYPE_UNSUPPORTED',
      415,
      'Send the body as JSON, with Content-Type: application/json.',
    ],
    ['THROTTLED', 'UPSTREAM_UNAVAILABLE', 429, 'Too many requests: slow down and try again.'],
    ['QUOTA_EXCEEDED', 'QUOTA_EXCEEDED', 429, 'The quota of this API is used up.'],
    ['REQUEST_TOO_LARGE', 'INPUT_TOO_LARGE', 413, 'The request is past the limit of the gateway.'],
    ['WAF_FILTERED', 'FORBIDDEN', 403, 'The request was stopped by a rule before the API.'],
    ['INVALID_API_KEY', 'FORBIDDEN', 403, 'The API key is not valid.'],
    ['INVALID_SIGNATURE', 'FORBIDDEN', 403, 'The signature of the request is not valid.'],
    ['EXPIRED_TOKEN', 'FORBIDDEN', 403, 'The credentials have expired.'],
    ['BAD_REQUEST_BODY', 'INPUT_INVALID', 400, 'The gateway could not read the request.'],
    ['BAD_REQUEST_PARAMETERS', 'INPUT_INVALID', 400, 'The gateway could not read the request.'],
    ['DEFAULT_4XX', 'INPUT_INVALID', 400, 'The gateway could not read the request.'],
    // The keys of the issuer cannot be had: whether the credentials are valid is not known.
    ['AUTHORIZER_FAILURE', 'UPSTREAM_UNAVAILABLE', 503, 'The credentials cannot be verified now: try again.'],
    [
      'INTEGRATION_FAILURE',
      'UPSTREAM_UNAVAILABLE',
      503,
      'A service this call needs did not answer: try again.',
    ],
    [
      'INTEGRATION_TIMEOUT',
      'UPSTREAM_UNAVAILABLE',
      503,
      'A service this call needs did not answer in time: try again.',
    ],
    [
      'AUTHORIZER_CONFIGURATION_ERROR',
      'INTERNAL',
      500,
      'The request failed on our side. Quote the trace id.',
    ],
    ['API_CONFIGURATION_ERROR', 'INTERNAL', 500, 'The request failed on our side. Quote the trace id.'],
    ['DEFAULT_5XX', 'UPSTREAM_UNAVAILABLE', 503, 'A service this call needs did not answer: try again.'],
  ];

interface GatewayResponse {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string;
}

/** What ties such an answer to its call: the id that its body has, and that of the caller where one was sent. */
const IDS = {
  'X-Trace-Id': 'context.requestId',
  'X-Correlation-Id': 'method.request.header.X-Correlation-Id',
};

/** The gateway takes for text what stands in quotes. */
const quoted = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));

/** The gateway's own errors by type, in the shape of every other error of the API (`problemDetails` of the contract). */
function gatewayResponses(): ReadonlyMap<string, GatewayResponse> {
  return new Map(
    GATEWAY_ERRORS.map(([type, code, status, detail]) => {
      const { headers: said, template } = gatewayProblem({ code, status, detail });
      const headers = { ...quoted(said), ...IDS };
      return [type, { statusCode: String(status), headers, template }];
    }),
  );
}

/** The same as resources beside the API, for a cloud that does not read them in its definition. */
export function addGatewayResponses(api: SpecRestApi): void {
  Validations.of(api).acknowledge({
    id: 'CloudFormation-Validate::W3660',
    reason: 'A new definition is a new API on the local cloud, whose responses are made with it.',
  });
  for (const [type, { statusCode, headers, template }] of gatewayResponses()) {
    api.addGatewayResponse(`Error${type}`, {
      ...{ type: ResponseType.of(type), statusCode, responseHeaders: { ...headers } },
      templates: { [JSON_TYPE]: template },
    });
  }
}

/** As the definition of an API says them. */
export function gatewayResponsesInDefinition(): Record<string, unknown> {
  const responses = [...gatewayResponses()].map(([type, { statusCode, headers, template }]) => {
    const named = Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]);
    const responseParameters = Object.fromEntries(named);
    return [type, { statusCode, responseParameters, responseTemplates: { [JSON_TYPE]: template } }];
  });
  return { 'x-amazon-apigateway-gateway-responses': Object.fromEntries(responses) };
}
