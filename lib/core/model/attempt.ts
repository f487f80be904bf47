import { LIMITS } from '../limits';
import { positive } from './bounded';
import { idSchema } from './ids';

/** An attempt of a node, within its job. */
export interface NodeAttempt {
  readonly nodeId: string;
  /** 1 for the first attempt of a node. */
  readonly attempt: number;
}

/** An attempt, wherever it is spoken of. */
export interface AttemptRef extends NodeAttempt {
  readonly jobId: string;
}

export const nodeAttemptShape = { nodeId: idSchema, attempt: positive(LIMITS.attempts) };
export const attemptShape = { jobId: idSchema, ...nodeAttemptShape };

/** `<jobId>/<nodeId>/<attempt>`: the name of an attempt in keys, paths and logs. Ids hold nothing to escape. */
export function attemptKey({ jobId, nodeId, attempt }: AttemptRef): string {
  return `${jobId}/${nodeId}/${attempt}`;
}

/** The attempt that a key names. */
export function attemptOf(key: string): AttemptRef {
  const [jobId = '', nodeId = '', attempt = ''] = key.split('/');
  return { jobId, nodeId, attempt: Number(attempt) };
}
