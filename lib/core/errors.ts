/**
 * The catalogue of errors. Every error that leaves the core carries a stable `code`, a disposition and a
 * message that says what to do next. HTTP status and exit status are decided by the handlers and commands.
 */
export const ERRORS = {
  GRAPH_SYNTAX: {
    disposition: 'terminal',
    means: 'The graph file is not valid YAML or JSON.',
    mend: 'Correct the file at the line and column named.',
  },
  GRAPH_INVALID: {
    disposition: 'terminal',
    means: 'The graph breaks the schema: unknown key, wrong type, missing value.',
    mend: 'Correct the value at the path named; the message lists what is allowed.',
  },
  GRAPH_UNKNOWN_DEPENDENCY: {
    disposition: 'terminal',
    means: 'A node needs a node that does not exist.',
    mend: 'Add the node, or correct the id in `needs`; the message names the nearest one.',
  },
  GRAPH_DUPLICATE_NODE: {
    disposition: 'terminal',
    means: 'Two nodes have the same id.',
    mend: 'Rename one of the two nodes.',
  },
  GRAPH_CYCLE: {
    disposition: 'terminal',
    means: 'The dependencies form a cycle.',
    mend: 'Remove one of the edges of the path in the message.',
  },
  GRAPH_TOO_LARGE: {
    disposition: 'terminal',
    means: 'The graph is past a stated limit.',
    mend: 'Split the graph, or shorten what the message names.',
  },
  CONDITION_INVALID: {
    disposition: 'terminal',
    means:
      'A `when`, `forEach` or `with` does not parse, names what is not upstream, or went wrong while it was evaluated.',
    mend: 'Correct the JSONata as the message says.',
  },
  SUITE_UNKNOWN: {
    disposition: 'terminal',
    means: 'A node names a suite that the suites file does not list.',
    mend: 'List the suite in the file given with `--suites`.',
  },
  SECRET_NOT_FOUND: {
    disposition: 'terminal',
    means: 'A node names a secret that its worker does not know.',
    mend: 'Give it to the worker: a variable, a file of `--secrets-dir`, or `--secret NAME=ARN`.',
  },
  NODE_UNSCHEDULABLE: {
    disposition: 'terminal',
    means: 'A node asks for more than any worker can give.',
    mend: 'Ask for less, or run it where a worker has as much: more `--slots`, or other labels and resources.',
  },
  INPUT_INVALID: {
    disposition: 'terminal',
    means: 'A request, message or argument does not match its schema.',
    mend: 'Correct the field at the path named.',
  },
  INPUT_TOO_LARGE: {
    disposition: 'terminal',
    means: 'A request, message or file is past a stated limit.',
    mend: 'Send less: the message names the bound; all of them stand in docs/limits.md.',
  },
  RETRY_LIMITED: {
    disposition: 'terminal',
    means: 'A node asks for more retries, longer waits or more time than this deployment allows it.',
    mend: 'Ask for what the message names, or have the limit raised (`retries.limits` of the environment).',
  },
  ROUTE_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The API has no such path.',
    mend: 'Check the path, and on AWS the stage before it; `GET /openapi.json` of a daemon and docs/api.md list all.',
  },
  METHOD_NOT_ALLOWED: {
    disposition: 'terminal',
    means: 'The path is known, but has no such method.',
    mend: 'Use one of the methods that `Allow` lists.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    disposition: 'terminal',
    means: 'The body is not of a type that the call takes.',
    mend: 'Send JSON in UTF-8 with `Content-Type: application/json`.',
  },
  INTERNAL: {
    disposition: 'terminal',
    means: 'The request failed on the side of the engine.',
    mend: 'Try again; if it stays, look for the trace id in the log.',
  },
  JOB_NOT_FOUND: {
    disposition: 'terminal',
    means: 'No job of the caller has this id.',
    mend: 'Check the id and the journal directory or environment.',
  },
  NODE_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The job has no node of this id, or the node has no such attempt.',
    mend: 'Check the id with `GET /jobs/{jobId}`; an item of a `forEach` is named by its node and its number.',
  },
  JOB_EXISTS: {
    disposition: 'terminal',
    means: 'A job with this id exists already, with another content.',
    mend: 'Use another id or key, or resume the job.',
  },
  JOB_NOT_OVER: {
    disposition: 'terminal',
    means: 'The job is not over, and what is asked for is asked of ended jobs only.',
    mend: 'Wait for its end or cancel it; one whose process died is gone on with by a plain `reprise resume`.',
  },
  IDEMPOTENCY_CONFLICT: {
    disposition: 'terminal',
    means: 'The `Idempotency-Key` was used for another call.',
    mend: 'Use a new key for every call that asks for something else.',
  },
  PRECONDITION_FAILED: {
    disposition: 'terminal',
    means: 'What is to be changed is not in the version that `If-Match` names.',
    mend: 'Read it again and make the change for what is there now.',
  },
  STATE_CONFLICT: {
    disposition: 'terminal',
    means: 'What is asked for does not fit the state that it is in.',
    mend: 'Read it again: the message names its state, and what that allows.',
  },
  JOB_LOCKED: {
    disposition: 'retryable',
    means: 'Another process is running this job.',
    mend: 'Wait for the other process, or stop it.',
  },
  QUEUE_FULL: {
    disposition: 'retryable',
    means: 'The queue of the pool takes no more jobs: it is full, or is being drained.',
    mend: 'Wait as long as `Retry-After` says and submit again; `GET /queues/{pool}` shows how full it is.',
  },
  QUOTA_EXCEEDED: {
    disposition: 'retryable',
    means: 'The owner has taken as much of this as one owner may.',
    mend: 'Wait as long as `Retry-After` says, where the answer has it; the message says what is used up. docs/security.md lists the quotas.',
  },
  GRAPH_NOT_FOUND: {
    disposition: 'terminal',
    means: 'No stored graph of the caller has this hash or name.',
    mend: 'Submit the graph itself.',
  },
  TRIGGER_INVALID: {
    disposition: 'terminal',
    means: 'A trigger breaks its schema: cron expression, time zone, event pattern, policy.',
    mend: 'Correct the value at the path named; the message says what to write.',
  },
  TRIGGER_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The caller has no trigger of this name.',
    mend: "Check the name with `GET /triggers`; another owner's trigger of the same name is another one.",
  },
  QUARANTINE_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The caller has no quarantine under this id.',
    mend: '`reprise quarantine list` shows those there are.',
  },
  LETTER_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The caller has no letters in a group of this id.',
    mend: '`reprise dlq list` shows the groups there are.',
  },
  STREAM_NOT_FOUND: {
    disposition: 'terminal',
    means: 'Nothing was journalled under this name.',
    mend: 'Name it as KIND/ID, such as pool/default. A pool of one machine is kept in memory: it follows from the journals of its jobs.',
  },
  TRACE_NOT_FOUND: {
    disposition: 'terminal',
    means: 'Nothing that the caller may see carries this id of a job, a trace or a call.',
    mend: 'Take the id from `X-Trace-Id` or `X-Correlation-Id` of an answer; what was removed is gone.',
  },
  LETTER_CONFLICT: {
    disposition: 'terminal',
    means: 'What is asked of letters cannot be done as they stand.',
    mend: 'Do what the message says: wait for a redrive that is under way, mend the cause, or ask by force.',
  },
  WORKER_NOT_FOUND: {
    disposition: 'terminal',
    means: 'No worker is registered under this id.',
    mend: 'Register the worker again; `reprise agent` does so by itself.',
  },
  POOL_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The engine has no pool of this name.',
    mend: 'Take one of those that the message names; `reprise queue list` shows them.',
  },
  DEPENDENCY_NOT_FOUND: {
    disposition: 'terminal',
    means: 'No work has named a dependency of this name, and nobody has forced one.',
    mend: '`reprise dependency list` shows those there are; a node names its own in `dependencies`.',
  },
  TARGET_NOT_FOUND: {
    disposition: 'terminal',
    means: 'The rules of notifications have no target of this name.',
    mend: '`reprise notify list` shows those there are; a target is made in the rules.',
  },
  WORKER_ID_TAKEN: {
    disposition: 'terminal',
    means: 'Another caller has registered a worker under this id.',
    mend: 'Choose another `--id`, or use the token of the caller who registered it. The id is free once the engine has forgotten the worker.',
  },
  ENDPOINT_REFUSED: {
    disposition: 'terminal',
    means: 'The address of a worker is none that the engine may call.',
    mend: 'Serve https, or http in a network of `workers.httpCidrs`; name that address by `--advertise`.',
  },
  VERSION_CONFLICT: {
    disposition: 'retryable',
    means: 'The stream moved on since it was read: reload and decide again.',
    mend: 'Nothing: the engine reloads and decides again.',
  },
  JOURNAL_CORRUPT: {
    disposition: 'terminal',
    means: 'The journal does not verify against its own hash chain.',
    mend: 'Do not edit the journal; restore it from a backup. `reprise journal verify` names the first bad event.',
  },
  ATTEMPT_TOKEN_INVALID: {
    disposition: 'terminal',
    means: 'A callback carries no token, or one of another attempt.',
    mend: 'Send back the token that came with the attempt.',
  },
  UNAUTHENTICATED: {
    disposition: 'terminal',
    means: 'The request carries no valid credentials.',
    mend: 'Send a valid bearer token; for the local cloud `reprise token --env local` issues one.',
  },
  FORBIDDEN: {
    disposition: 'terminal',
    means: 'The caller may not do this.',
    mend: 'Do as the message says: use a token with the scope that it names, or ask this server by a name of its own.',
  },
  UPSTREAM_UNAVAILABLE: {
    disposition: 'retryable',
    means: 'A service this call needs did not answer, or asked to slow down.',
    mend: 'Nothing at first: it is tried again. If it stays, look at the service named.',
  },
  JOURNAL_NEWER: {
    disposition: 'retryable',
    means: 'An event of a journal is of a later version than its reader.',
    mend: 'Update Reprise. On AWS it waits until the function is updated too.',
  },
  MESSAGE_NEWER: {
    disposition: 'retryable',
    means: 'A message between functions is of a later version than its reader.',
    mend: 'Nothing: it waits until the function is updated too. After a rollback, deploy the later version again.',
  },
  STORE_NEWER: {
    disposition: 'terminal',
    means: 'The layout of a journal directory or a table is of a later version of Reprise.',
    mend: 'Update Reprise; the store is left as it is.',
  },
  CONFIG_CONFLICT: {
    disposition: 'terminal',
    means: 'The configuration has changed since the version that a change is made for.',
    mend: 'Read it again (`GET /config`, `reprise config show`) and make the change for what is there now.',
  },
  LOCAL_CLOUD: {
    disposition: 'terminal',
    means: 'The local cloud cannot be started or used as asked.',
    mend: 'Follow the message: it names what is missing and the command that adds it.',
  },
} as const satisfies Record<string, { disposition: 'retryable' | 'terminal'; means: string; mend: string }>;

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
