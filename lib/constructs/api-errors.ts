import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ErrorCode } from '../core/errors';

interface GatewayError {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the gateway answers before a function is asked. */
const GATEWAY_ERRORS: readonly GatewayError[] = [
  {
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    code: 'UNAUTHENTICATED',
    message: 'The request carries no valid credentials: send Authorization: Bearer <token>.',
  },
  {
    type: ResponseType.ACCESS_DENIED,
    status: 403,
    code: 'FORBIDDEN',
    message: 'These credentials do not allow this call.',
  },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    code: 'INPUT_INVALID',
    message: 'No such path or method in the API.',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'Too many requests: slow down and try again.',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'INPUT_TOO_LARGE',
    message: 'The request is past the limit of the gateway.',
  },
  {
    // The keys of the issuer cannot be had: whether the credentials are valid is not known.
    type: ResponseType.AUTHORIZER_FAILURE,
    status: 503,
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'The credentials cannot be verified now: try again.',
  },
  {
    type: ResponseType.DEFAULT_4XX,
    status: 400,
    code: 'INPUT_INVALID',
    message: 'The gateway could not read the request.',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    status: 503,
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'A service this call needs did not answer: try again.',
  },
];

/** Gives the gateway's own errors the shape of every other error of the API (`errorResponse` of the contract). */
export function shapeGatewayErrors(api: RestApi): void {
  for (const { type, status, code, message } of GATEWAY_ERRORS) {
    const body = { error: { code, message }, trace_id: '$context.requestId' };
    // The defaults stand for many statuses: each keeps its own.
    const fixed =
      type === ResponseType.DEFAULT_4XX || type === ResponseType.DEFAULT_5XX
        ? {}
        : { statusCode: String(status) };
    api.addGatewayResponse(`Error${type.responseType}`, {
      type,
      ...fixed,
      ...(status === 429 || status === 503 ? { responseHeaders: { 'Retry-After': "'1'" } } : {}),
      templates: { 'application/json': JSON.stringify(body) },
    });
  }
}
