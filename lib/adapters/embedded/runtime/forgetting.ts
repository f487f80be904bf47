import { LRUCache } from 'lru-cache';
import { LIMITS } from '../../../core/limits';
import { type Address, jobAt } from '../../../core/messages/address';

/** Those who hold something of a job. */
export interface Holders {
  readonly endings: { readonly restart: (jobId: string) => void };
  readonly workflow: { readonly forget: (jobId: string) => void };
  readonly timers: { readonly forget: (to: Address) => void };
  readonly engine: { readonly forget: (at: Address<'job'>) => void };
}

/** Lets go of jobs that are over. */
export interface Forgetting {
  readonly forget: (jobId: string) => void;
  /** What comes late brings the fold of a job back, and nobody would ask to forget it again. */
  readonly late: (jobId: string) => void;
  /** The job goes on, in the order of its graph: it is held like any other. */
  readonly revive: (jobId: string) => void;
  /** The same, and its workflow begins anew. */
  readonly remember: (jobId: string) => void;
}

export function createForgetting({ endings, workflow, timers, engine }: Holders): Forgetting {
  const forgotten = new LRUCache<string, true>({ max: LIMITS.knownJobs });
  return {
    forget(jobId) {
      forgotten.set(jobId, true);
      endings.restart(jobId);
      workflow.forget(jobId);
      timers.forget(jobAt(jobId));
      engine.forget(jobAt(jobId));
    },
    late(jobId) {
      if (forgotten.has(jobId)) engine.forget(jobAt(jobId));
    },
    revive: (jobId) => void forgotten.delete(jobId),
    remember(jobId) {
      forgotten.delete(jobId);
      workflow.forget(jobId);
    },
  };
}
