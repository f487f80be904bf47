import type { MiddyfiedHandler } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { problemDetails } from '../../../lib/contract/errors';

/** A request as the gateway hands it on; the case says what differs. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly text?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  /** All values of each key, as the gateway gives them beside the last ones. */
  readonly queries?: Record<string, string[]>;
  readonly subject?: string;
  readonly scopes?: string;
  readonly requestId?: string;
  readonly path?: string;
  /** Method and path with its parameters, as the gateway knows a route: `POST /jobs/{jobId}/cancel`. */
  readonly route?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts
  readonly body: any;
}

type Handler =
  | MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult>
  | ((event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>);

export async function request(handler: Handler, options: RequestOptions = {}): Promise<Answer> {
  const { subject = 'ana', scopes = 'orchestration.jobs', requestId = 'r1' } = options;
  const text = options.text ?? (options.body === undefined ? null : JSON.stringify(options.body));
  const event = {
    headers: { 'Content-Type': 'application/json', ...options.headers },
    body: text,
    isBase64Encoded: options.isBase64Encoded ?? false,
    path: options.path ?? filled(options),
    httpMethod: options.route?.split(' ')[0] ?? 'GET',
    resource: options.route?.split(' ')[1] ?? '/',
    pathParameters: options.params ?? null,
    queryStringParameters: options.query ?? null,
    multiValueQueryStringParameters: options.queries ?? null,
    requestContext: { requestId, authorizer: subject === '' ? {} : { subject, scopes } },
  } as unknown as APIGatewayProxyEvent;
  const context = { functionName: 'test', awsRequestId: requestId } as Context;
  const result = (await handler(event, context)) as APIGatewayProxyResult;
  if (result.statusCode >= 400 && options.route !== 'GET /health') expectProblem(result);
  const headers = result.headers as Record<string, string>;
  const isJson = /json$/.test(headers['Content-Type'] ?? '');
  return { status: result.statusCode, headers, body: isJson ? JSON.parse(result.body) : result.body };
}

/** The path of a route with its parameters in their places. */
function filled({ route = 'GET /', params = {} }: RequestOptions): string {
  return (route.split(' ')[1] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name);
}

/** Whatever is refused is a problem, and no member of it is unknown. */
function expectProblem({ statusCode, headers, body }: APIGatewayProxyResult): void {
  const problem = JSON.parse(body);
  expect(headers?.['Content-Type']).toBe('application/problem+json');
  expect(problemDetails.strict().parse(problem)).toEqual(problem);
  expect(problem.status).toBe(statusCode);
  // What is wrong with a request is wrong at some place of it.
  if (problem.code === 'INPUT_INVALID') expect(problem).toMatchObject({ problems: expect.any(Array) });
}
