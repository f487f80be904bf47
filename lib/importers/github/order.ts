/** Jobs, each after those that it needs. For jobs without cycles. O(jobs + needs) */
export function* inOrder<J extends { readonly key: string; readonly needs: readonly string[] }>(
  jobs: readonly J[],
): Generator<J> {
  const waiting = new Map(jobs.map((job) => [job.key, new Set(job.needs).size]));
  const behind = new Map<string, J[]>(jobs.map(({ key }) => [key, []]));
  for (const job of jobs) for (const need of new Set(job.needs)) behind.get(need)!.push(job);
  const ready = jobs.filter((job) => job.needs.length === 0);
  for (const job of ready) {
    yield job;
    for (const next of behind.get(job.key) ?? []) {
      const left = waiting.get(next.key)! - 1;
      waiting.set(next.key, left);
      if (left === 0) ready.push(next);
    }
  }
}
