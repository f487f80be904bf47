import type { Failure, FailureClass } from '../../model/failure';

/** What is known of a failure beside its message. */
export interface Hints {
  /** Of the answer that made the attempt fail. */
  readonly httpStatus?: number;
}

interface Hint {
  readonly class: FailureClass;
  readonly why: string;
}

/** How the engine itself ended an attempt says why, whatever its output says. */
const KINDS: Partial<Record<Failure['kind'], Hint>> = {
  timeout: { class: 'timeout', why: 'the attempt ran into its time limit' },
  lost: { class: 'infrastructure', why: 'the worker was lost' },
  condition: { class: 'configuration', why: 'the condition of the node could not be evaluated' },
  cancelled: { class: 'unknown', why: 'the attempt was cancelled' },
};

/** Exit statuses with a meaning of their own: timeout(1) of coreutils, POSIX shells, 128 + SIGKILL. */
const EXIT_CODES: Readonly<Record<number, Hint>> = {
  124: { class: 'timeout', why: 'exit status 124, as timeout(1) ends' },
  126: { class: 'configuration', why: 'exit status 126: the command cannot be executed' },
  127: { class: 'configuration', why: 'exit status 127: the command was not found' },
  137: { class: 'resource', why: 'exit status 137: killed, as the kernel does when memory is short' },
};

const SIGNALS: Readonly<Record<string, Hint>> = {
  SIGKILL: { class: 'resource', why: 'ended by SIGKILL, as the kernel does when memory is short' },
  SIGXCPU: { class: 'resource', why: 'ended by SIGXCPU: its limit of processor time' },
  SIGBUS: { class: 'infrastructure', why: 'ended by SIGBUS: memory or disk behind a mapping is gone' },
};

/** @param from `engine`: how it was ended by us; `status`: what its process or the service it called gave. */
export function hintOf(evidence: Partial<Failure> & Hints, from: 'engine' | 'status'): Hint | undefined {
  const { kind, exitCode, signal, httpStatus } = evidence;
  if (from === 'engine') return kind === undefined ? undefined : KINDS[kind];
  if (kind === 'spawn') return { class: 'configuration', why: 'the command could not be started' };
  if (httpStatus !== undefined) return httpHint(httpStatus);
  if (signal !== undefined) return SIGNALS[signal];
  return exitCode === undefined ? undefined : EXIT_CODES[exitCode];
}

function httpHint(status: number): Hint | undefined {
  const why = `HTTP status ${status}`;
  if (status === 401 || status === 403 || status === 407) return { class: 'auth', why };
  if (status === 408) return { class: 'timeout', why };
  if (status === 429) return { class: 'rate-limit', why };
  return status >= 500 && status <= 599 ? { class: 'dependency', why } : undefined;
}
