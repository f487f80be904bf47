import type { OnReport } from '../../lib/core/ports/execution';

/** No command ever runs: each ends at once, and well. */
export function instantExecutor(onReport: OnReport) {
  const nothing = async () => undefined;
  return {
    async submit({ jobId, nodeId, attempt }: Parameters<OnReport>[0]) {
      const ref = { jobId, nodeId, attempt };
      onReport(ref, { type: 'started' });
      setImmediate(() => onReport(ref, { type: 'succeeded', durationMs: 1, outputs: {} }));
    },
    ...{ status: async () => 'unknown' as const, cancel: nothing, results: nothing, close: nothing },
  };
}
