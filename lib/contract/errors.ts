import * as z from 'zod';
import { ERRORS, type ErrorCode } from '../core/errors';
import { present } from '../core/model/present';

/** The content type of every error (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** Headers of a 401: which credentials are asked for (RFC 9110), and that it is a token (RFC 6750). */
export const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

/** Every error of the API and of a worker: problem details of RFC 9457, with members of our own behind `instance`. */
export const problemDetails = z.object({
  /** Names the error for ever: `/errors/` and its code, which the API tells below its address. */
  type: z.string(),
  /** What the code means, whatever it was about. */
  title: z.string(),
  status: z.number().int(),
  /** What is wrong this time. */
  detail: z.string(),
  /** The path that was called. */
  instance: z.string(),
  /** A code of the catalogue. */
  code: z.string(),
  /** What mends an error of this code. */
  mend: z.string(),
  /** The places that are wrong. */
  problems: z
    .array(z.object({ code: z.string(), path: z.string(), message: z.string(), mend: z.string() }))
    .exactOptional(),
  /** Of what is not in a state for it: that state. */
  state: z.string().exactOptional(),
  /** How many more there are than are listed. */
  more_problems: z.number().int().exactOptional(),
  trace_id: z.string(),
  /** As `X-Correlation-Id` of the answer; absent where the gateway answers. */
  correlation_id: z.string().exactOptional(),
});
export type ProblemDetails = z.output<typeof problemDetails>;

export const errorParams = z.object({
  code: z.string().regex(/^[A-Z_]{1,64}$/, 'must be a code, such as INPUT_INVALID'),
});

/** `GET /errors/{code}`: what an error of this code means, whatever it was about. */
export const errorView = z.object({
  type: z.string(),
  code: z.string(),
  title: z.string(),
  /** What mends it. */
  mend: z.string(),
  /** Whether another try may help. */
  disposition: z.enum(['retryable', 'terminal']),
  /** The HTTP status that it is answered with. */
  status: z.number().int(),
});

/** The path that names an error. */
export const typeOf = (code: ErrorCode): string => `/errors/${code}`;

/** One error of the catalogue, as it happened. */
interface Occurrence {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly traceId: string;
  readonly correlationId?: string | undefined;
  readonly state?: string | undefined;
  readonly problems?: readonly {
    readonly code: ErrorCode;
    readonly path: string;
    readonly message: string;
  }[];
  /** How many problems there are, where more are known than are listed. */
  readonly count?: number;
}

/** The body of an error. */
export function problemOf(occurrence: Occurrence): ProblemDetails {
  const { code, status, detail, instance, traceId, correlationId, problems = [] } = occurrence;
  const more = (occurrence.count ?? problems.length) - problems.length;
  return {
    ...{ type: typeOf(code), title: ERRORS[code].means, status, detail, instance },
    ...{ code, mend: ERRORS[code].mend, ...present({ state: occurrence.state }) },
    ...(problems.length > 0 && {
      problems: problems.map((problem) => ({
        ...{ code: problem.code, path: problem.path, message: problem.message },
        mend: ERRORS[problem.code].mend,
      })),
    }),
    ...(problems.length > 0 && more > 0 && { more_problems: more }),
    ...{ trace_id: traceId, ...present({ correlation_id: correlationId }) },
  };
}
