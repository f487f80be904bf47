import type { PredictionView, WorkerStatusView } from '../../contract/predictions';

/** One line for each worker: name, status, score, and what is to be said of it. */
export function renderWorkers(workers: readonly WorkerStatusView[]): string {
  if (workers.length === 0) return 'no workers\n';
  const width = Math.max(...workers.map(({ worker_id }) => worker_id.length));
  return workers
    .map((worker) => {
      const { worker_id: id, status, health, free_slots: free, slots } = worker;
      const score = health.score === undefined ? '-' : health.score.toFixed(2);
      const row = [
        id.padEnd(width),
        status.padEnd(9),
        score.padStart(4),
        `${free}/${slots} free`,
        saidOf(worker),
      ];
      return `${row.join('  ').trimEnd()}\n`;
    })
    .join('');
}

function saidOf({ cordon, probation, suspected }: WorkerStatusView): string {
  if (cordon) return `${cordon.reason}${cordon.until === undefined ? '' : ` (until ${cordon.until})`}`;
  if (probation) return `${probation.passed} of ${probation.of} trials went well`;
  return suspected ? `suspected since ${suspected.since}: ${suspected.reason}` : '';
}

/** One line for each warning: what it is about, and why. */
export function renderPredictions(predictions: readonly PredictionView[]): string {
  if (predictions.length === 0) return 'nothing seems about to fail\n';
  const width = Math.max(...predictions.map(({ name }) => name.length));
  return predictions
    .map(({ of, name, since, why }) => {
      const when = since === undefined ? '' : ` (since ${since})`;
      return `${of.padEnd(10)}  ${name.padEnd(width)}  ${why}${when}\n`;
    })
    .join('');
}
