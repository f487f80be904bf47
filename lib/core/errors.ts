/**
 * The catalogue of errors. Every error that leaves the core carries a stable `code`, a disposition and a
 * message that says what to do next. HTTP status and exit status are decided by the handlers and commands.
 */
export const ERRORS = {
  GRAPH_SYNTAX: { disposition: 'terminal', means: 'The graph file is not valid YAML or JSON.' },
  GRAPH_INVALID: {
    disposition: 'terminal',
    means: 'The graph breaks the schema: unknown key, wrong type, missing value.',
  },
  GRAPH_UNKNOWN_DEPENDENCY: { disposition: 'terminal', means: 'A node needs a node that does not exist.' },
  GRAPH_DUPLICATE_NODE: { disposition: 'terminal', means: 'Two nodes have the same id.' },
  GRAPH_CYCLE: { disposition: 'terminal', means: 'The dependencies form a cycle.' },
  GRAPH_TOO_LARGE: { disposition: 'terminal', means: 'The graph is past a stated limit.' },
  CONDITION_INVALID: {
    disposition: 'terminal',
    means:
      'A `when`, `forEach` or `with` does not parse, names what is not upstream, or went wrong while it was evaluated.',
  },
  SUITE_UNKNOWN: {
    disposition: 'terminal',
    means: 'A node names a suite that the suites file does not list.',
  },
  SECRET_NOT_FOUND: {
    disposition: 'terminal',
    means: 'A node names a secret that its worker does not know.',
  },
  NODE_UNSCHEDULABLE: {
    disposition: 'terminal',
    means: 'A node asks for more than any worker can give.',
  },
  INPUT_INVALID: {
    disposition: 'terminal',
    means: 'A request, message or argument does not match its schema.',
  },
  INPUT_TOO_LARGE: { disposition: 'terminal', means: 'A request, message or file is past a stated limit.' },
  RETRY_LIMITED: {
    disposition: 'terminal',
    means: 'A node asks for more retries, longer waits or more time than this deployment allows it.',
  },
  JOB_NOT_FOUND: { disposition: 'terminal', means: 'No job of the caller has this id.' },
  NODE_NOT_FOUND: { disposition: 'terminal', means: 'The job has no node of this id.' },
  JOB_EXISTS: { disposition: 'terminal', means: 'A job with this id exists already, with another content.' },
  JOB_NOT_OVER: {
    disposition: 'terminal',
    means: 'The job is not over, and what is asked for is asked of ended jobs only.',
  },
  JOB_LOCKED: { disposition: 'retryable', means: 'Another process is running this job.' },
  QUEUE_FULL: {
    disposition: 'retryable',
    means: 'The queue of the pool takes no more jobs: it is full, or is being drained.',
  },
  QUOTA_EXCEEDED: {
    disposition: 'retryable',
    means: 'The owner has taken as much of this as one owner may.',
  },
  GRAPH_NOT_FOUND: { disposition: 'terminal', means: 'No stored graph of the caller has this hash or name.' },
  TRIGGER_INVALID: {
    disposition: 'terminal',
    means: 'A trigger breaks its schema: cron expression, time zone, event pattern, policy.',
  },
  TRIGGER_NOT_FOUND: { disposition: 'terminal', means: 'The caller has no trigger of this name.' },
  QUARANTINE_NOT_FOUND: { disposition: 'terminal', means: 'The caller has no quarantine under this id.' },
  LETTER_NOT_FOUND: { disposition: 'terminal', means: 'The caller has no letters in a group of this id.' },
  TRACE_NOT_FOUND: {
    disposition: 'terminal',
    means: 'Nothing that the caller may see carries this id of a job, a trace or a call.',
  },
  LETTER_CONFLICT: {
    disposition: 'terminal',
    means: 'What is asked of letters cannot be done as they stand.',
  },
  WORKER_NOT_FOUND: { disposition: 'terminal', means: 'No worker is registered under this id.' },
  WORKER_ID_TAKEN: {
    disposition: 'terminal',
    means: 'Another caller has registered a worker under this id.',
  },
  ENDPOINT_REFUSED: {
    disposition: 'terminal',
    means: 'The address of a worker is none that the engine may call.',
  },
  VERSION_CONFLICT: {
    disposition: 'retryable',
    means: 'The stream moved on since it was read: reload and decide again.',
  },
  JOURNAL_CORRUPT: {
    disposition: 'terminal',
    means: 'The journal does not verify against its own hash chain.',
  },
  ATTEMPT_TOKEN_INVALID: {
    disposition: 'terminal',
    means: 'A callback carries no token, or one of another attempt.',
  },
  UNAUTHENTICATED: { disposition: 'terminal', means: 'The request carries no valid credentials.' },
  FORBIDDEN: { disposition: 'terminal', means: 'The caller may not do this.' },
  UPSTREAM_UNAVAILABLE: {
    disposition: 'retryable',
    means: 'A service this call needs did not answer, or asked to slow down.',
  },
  JOURNAL_NEWER: {
    disposition: 'retryable',
    means: 'An event of a journal is of a later version than its reader.',
  },
  MESSAGE_NEWER: {
    disposition: 'retryable',
    means: 'A message between functions is of a later version than its reader.',
  },
  STORE_NEWER: {
    disposition: 'terminal',
    means: 'The layout of a journal directory or a table is of a later version of Reprise.',
  },
  CONFIG_CONFLICT: {
    disposition: 'terminal',
    means: 'The configuration has changed since the version that a change is made for.',
  },
  LOCAL_CLOUD: { disposition: 'terminal', means: 'The local cloud cannot be started or used as asked.' },
} as const satisfies Record<string, { disposition: 'retryable' | 'terminal'; means: string }>;

export type ErrorCode = keyof typeof ERRORS;
export type Disposition = 'retryable' | 'terminal';

/** One complaint about an input: where it is and what to do about it. */
export interface Problem {
  readonly code: ErrorCode;
  /** JSON path in the document, such as `nodes[3].needs[0]`. */
  readonly path: string;
  readonly message: string;
  /** The same where the message is too long to be read on a terminal: the path of a long cycle. */
  readonly brief?: string;
  /** 1-based position in the source text, when the input had one. */
  readonly line?: number;
  readonly column?: number;
}

interface ErrorOptions {
  readonly cause?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly problems?: readonly Problem[];
  readonly count?: number;
}

export class RepriseError extends Error {
  override readonly name = 'RepriseError';
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, unknown>>;
  /** The first of them, where there are too many to carry. */
  readonly problems: readonly Problem[];
  /** How many problems there are. */
  readonly count: number;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
    this.problems = options.problems ?? [];
    this.count = options.count ?? this.problems.length;
  }

  get disposition(): Disposition {
    return ERRORS[this.code].disposition;
  }
}

export function isRepriseError(error: unknown, code?: ErrorCode): error is RepriseError {
  return error instanceof RepriseError && (code === undefined || error.code === code);
}

/**
 * Whether another try may help. Of an error that is not ours nobody knows: it is neither `isRetryable` nor `isTerminal`.
 * Whoever waits for an answer takes that for final; a queue, which can wait, gives the message back.
 */
export function isRetryable(error: unknown): error is RepriseError {
  return isRepriseError(error) && error.disposition === 'retryable';
}

/** Whether another try is of no use, and the error belongs to whoever asked. */
export function isTerminal(error: unknown): error is RepriseError {
  return isRepriseError(error) && error.disposition === 'terminal';
}

/** The same error with its problems in other words or places. */
export function withProblems(error: RepriseError, change: (problem: Problem) => Problem): RepriseError {
  const { code, message, context, count } = error;
  return new RepriseError(code, message, {
    ...{ cause: error, context, count },
    problems: error.problems.map(change),
  });
}

/** Makes a forgotten case of a discriminated union a compile error, and an unknown value a loud one. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`);
}
