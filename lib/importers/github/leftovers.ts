import type { Path } from '../../core/dag/check/problems';
import type { Tell } from './env';
import { KNOWN_KEYS, type Workflow, type WorkflowJob } from './schema';

/** Whether a job has a command of its own: without one it only passes its dependencies on. */
export function hasCommand(job: WorkflowJob): boolean {
  return (job.steps ?? []).some(({ run }) => typeof run === 'string' && run.trim() !== '');
}

/** Tells what of the workflow itself has no counterpart. */
export function tellWorkflow(workflow: Workflow, tell: Tell): void {
  if (Object.hasOwn(workflow, 'on')) {
    tell('left-out', ['on'], 'when to run is decided by whoever submits the graph');
  }
  tellUnknown(workflow, KNOWN_KEYS.workflow, [], tell);
  const message = 'jobs without `timeout-minutes` may run for 6 hours, as on GitHub';
  if (Object.values(workflow.jobs).some((job) => job['timeout-minutes'] === undefined)) {
    tell('info', ['jobs'], message);
  }
}

/** Tells what of a job has no counterpart, apart from what its nodes tell themselves. */
export function tellJob(key: string, job: WorkflowJob, tell: Tell): void {
  const path = ['jobs', key];
  if (!hasCommand(job)) {
    const what = job.uses ? `runs the workflow ${job.uses}` : `has no \`run\` step${usesOf(job)}`;
    tell(
      'left-out',
      path,
      `the job ${key} ${what}: it is no node; jobs that need it need what it needs, nothing does its work, and it counts as succeeded wherever it would have run`,
    );
    return;
  }
  tellUnknown(job, KNOWN_KEYS.job, path, tell);
  job.steps?.forEach((step, i) => {
    tellUnknown(step, KNOWN_KEYS.step, [...path, 'steps', i], tell);
  });
  const { strategy } = job;
  if (!strategy) return;
  tellUnknown(strategy, ['matrix', 'fail-fast', 'max-parallel'], [...path, 'strategy'], tell);
  if (strategy.matrix && strategy['fail-fast'] !== false) {
    const at = strategy['fail-fast'] === undefined ? 'matrix' : 'fail-fast';
    const message =
      'a combination that fails does not cancel the others: set `onFailure: fail-fast` to end the whole graph then';
    tell('changed', [...path, 'strategy', at], message);
  }
}

function usesOf(job: WorkflowJob): string {
  const uses = (job.steps ?? []).flatMap((step) => (step.uses ? [step.uses] : []));
  return uses.length === 0 ? '' : ` (${uses.join(', ')})`;
}

/** What a key that is often met means for a graph. */
const MEANING: Readonly<Record<string, string>> = {
  permissions: 'rights of GitHub tokens have no counterpart',
  concurrency: 'runs of the same group do not cancel or wait for each other',
  environment: 'protection rules and secrets of an environment are not applied',
  services: 'nothing starts these services: start them on the worker, or in a node before',
  container: 'the command runs on the worker itself, not in this container',
};

function tellUnknown(value: object, known: readonly string[], path: Path, tell: Tell): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const meaning = Object.hasOwn(MEANING, key) ? MEANING[key] : undefined;
    tell('left-out', [...path, key], `\`${key}\`: ${meaning ?? 'has no counterpart'}`);
  }
}
