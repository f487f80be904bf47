import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../adapters/embedded/disk/has-code';
import { makePrivateDir, PRIVATE_FILE } from '../adapters/embedded/disk/privacy';
import { refOf } from '../contract/execution-wire';
import { type ExecutionRequestBody, executionRequest } from '../contract/executions';
import type { AttemptRef } from '../core/model/attempt';

/**
 * The attempts this worker has accepted and whose end the engine has not taken yet, on disk: with its request, token
 * included, a restarted worker adopts an attempt and still reports it.
 */
export interface OpenAttempts {
  readonly get: (ref: AttemptRef) => ExecutionRequestBody | undefined;
  readonly add: (body: ExecutionRequestBody) => void;
  readonly remove: (ref: AttemptRef) => void;
  readonly all: () => readonly ExecutionRequestBody[];
}

/** Reads what an earlier process left. Files are readable by their owner alone: they hold tokens. */
export function openAttempts(dir: string): OpenAttempts {
  makePrivateDir(dir);
  const open = new Map<string, ExecutionRequestBody>();
  for (const name of readdirSync(dir)) {
    if (!name.endsWith('.json')) continue;
    const body = read(join(dir, name));
    if (body) open.set(nameOf(refOf(body)), body);
  }
  return {
    get: (ref) => open.get(nameOf(ref)),
    add(body) {
      const name = nameOf(refOf(body));
      const path = join(dir, name);
      writeFileSync(`${path}.tmp`, JSON.stringify(body), { mode: PRIVATE_FILE });
      renameSync(`${path}.tmp`, path);
      open.set(name, body);
    },
    remove(ref) {
      open.delete(nameOf(ref));
      rmSync(join(dir, nameOf(ref)), { force: true });
    },
    all: () => [...open.values()],
  };
}

/** No two attempts share it: a dot is in no id. */
function nameOf({ jobId, nodeId, attempt }: AttemptRef): string {
  return `${jobId}.${nodeId}.${attempt}.json`;
}

/** A file that a crash left half written was never accepted. */
function read(path: string): ExecutionRequestBody | undefined {
  try {
    return executionRequest.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'EACCES')) throw error;
    return undefined;
  }
}
