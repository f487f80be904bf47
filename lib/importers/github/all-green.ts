import type { Workflow, WorkflowStep } from './schema';

/** The action that fails where a job before it did, and what it is given to look at. */
const ACTION = /^re-actors\/alls-green@/i;
const ALL_NEEDS = /^\s*\$\{\{\s*toJSON\(\s*needs\s*\)\s*\}\}\s*$/i;

/**
 * The workflow with a command in place of each step that only asks how the jobs before it ended: without it a job that
 * gates others would let them pass.
 * @see https://github.com/re-actors/alls-green
 */
export function withGates(workflow: Workflow): Workflow {
  const jobs = Object.entries(workflow.jobs).map(([key, job]) => {
    const needs = [job.needs ?? []].flat();
    const steps = job.steps?.map((step) => (isGate(step, needs) ? gate(step, needs) : step));
    return [key, { ...job, ...(steps ? { steps } : {}) }] as const;
  });
  return { ...workflow, jobs: Object.fromEntries(jobs) };
}

function isGate({ uses, run, with: given }: WorkflowStep, needs: readonly string[]): boolean {
  return Boolean(
    uses && ACTION.test(uses) && !run && needs.length > 0 && ALL_NEEDS.test(inputOf(given, 'jobs')),
  );
}

function gate(step: WorkflowStep, needs: readonly string[]): WorkflowStep {
  const lines = [
    `listed() { printf %s "$1" | tr -c 'A-Za-z0-9_-' '\\n' | grep -qxF -- "$2"; }`,
    'RESULT=success',
    'need() {',
    '  if [ "$2" = success ] || listed "$ALLOWED_FAILURES" "$1"; then return 0; fi',
    '  if [ "$2" = skipped ] && listed "$ALLOWED_SKIPS" "$1"; then return 0; fi',
    '  echo "$1: $2" >&2',
    '  RESULT=failure',
    '}',
    ...needs.map((need) => `need '${need}' "\${{ needs.${need}.result }}"`),
    ...(step.id ? OUTPUTS : []),
    '[ "$RESULT" = success ]',
  ];
  const env = {
    ALLOWED_FAILURES: inputOf(step.with, 'allowed-failures'),
    ALLOWED_SKIPS: inputOf(step.with, 'allowed-skips'),
  };
  return { ...step, run: lines.join('\n'), shell: 'sh', 'working-directory': '.', env };
}

const OUTPUTS = [
  'if [ "$RESULT" = success ]; then SUCCESS=true FAILURE=false; else SUCCESS=false FAILURE=true; fi',
  `printf '%s\\n' "result=$RESULT" "success=$SUCCESS" "failure=$FAILURE" >>"$GITHUB_OUTPUT"`,
];

function inputOf(given: unknown, name: string): string {
  const value = Object.entries(given ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return value === undefined || value === null ? '' : String(value);
}
