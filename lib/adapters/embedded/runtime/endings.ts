/** Who waits for the end of which job. */
export interface Endings<T> {
  /** Resolves at once for a job that has ended. */
  readonly wait: (jobId: string) => Promise<T>;
  readonly end: (jobId: string, value: T) => void;
  /** The job runs again: its last end no longer counts. */
  readonly restart: (jobId: string) => void;
  /** No job will end any more. */
  readonly fail: (error: unknown) => void;
}

export function createEndings<T>(): Endings<T> {
  const ended = new Map<string, T>();
  const waiters = new Map<string, { resolve: (value: T) => void; reject: (error: unknown) => void }[]>();
  let failure: { error: unknown } | undefined;
  return {
    wait(jobId) {
      if (ended.has(jobId)) return Promise.resolve(ended.get(jobId) as T);
      if (failure) return Promise.reject(failure.error);
      return new Promise((resolve, reject) => {
        waiters.set(jobId, [...(waiters.get(jobId) ?? []), { resolve, reject }]);
      });
    },
    end(jobId, value) {
      ended.set(jobId, value);
      for (const { resolve } of waiters.get(jobId) ?? []) resolve(value);
      waiters.delete(jobId);
    },
    restart: (jobId) => void ended.delete(jobId),
    fail(error) {
      failure ??= { error };
      for (const { reject } of [...waiters.values()].flat()) reject(error);
      waiters.clear();
    },
  };
}
