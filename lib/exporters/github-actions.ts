import { Document, isMap, isSeq } from 'yaml';
import type { Graph } from '../core/dag/graph';
import { type CiJob, HISTORY, REPRISE, runCommand, variablesRead } from './job';

/** Actions by major version, as of 2026-11: each major that GitHub's runners of today run without a warning. */
const ACTIONS = {
  checkout: 'actions/checkout@v6',
  node: 'actions/setup-node@v6',
  restore: 'actions/cache/restore@v5',
  save: 'actions/cache/save@v5',
  upload: 'actions/upload-artifact@v6',
} as const;

/** Files that belong to a step and not to what runs in it, and the token, which is a secret and no variable. */
const OF_THE_STEP = /^GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|TOKEN)$/;

/** Whatever became of the graph, unless nothing began to run it. */
const AFTERWARDS = "${{ always() && steps.graph.outcome != 'skipped' }}";

/**
 * A workflow of one job that runs the graph, keeps its history between runs, and says what failed where people look.
 * It can be imported again, and is then one node.
 */
export function exportGithubActions(job: CiJob, graph: Graph): string {
  const own = variablesRead(graph, /^(GITHUB|RUNNER)_/).filter((name) => !OF_THE_STEP.test(name));
  const run = `exec ${runCommand(job, { own, commit: 'GITHUB_SHA' })}`;
  const workflow = {
    name: job.name,
    on: { push: { branches: ['main'] }, pull_request: null, workflow_dispatch: null },
    permissions: { contents: 'read' },
    jobs: {
      reprise: { 'runs-on': 'ubuntu-latest', env: { REPRISE_JOB_ID: JOB_ID }, steps: stepsOf(job, run) },
    },
  };
  const document = new Document(workflow);
  document.commentBefore = [
    ` Written by \`reprise export github-actions ${job.file}\`; yours to change.`,
    ' Actions are taken by their major version: a commit in its place pins one exactly.',
  ].join('\n');
  dress(document);
  return document.toString({ lineWidth: 0, nullStr: '' });
}

/** The attempt is in it: when a person has the job run again, that is another job of Reprise. */
const JOB_ID = 'gh-${{ github.run_id }}-${{ github.run_attempt }}';

function stepsOf(job: CiJob, run: string): object[] {
  const key = `reprise-history.${job.name}.`;
  const env = {
    ...Object.fromEntries(job.secrets.map((name) => [name, `\${{ secrets.${name} }}`])),
    ...Object.fromEntries(job.variables.map((name) => [name, `\${{ vars.${name} }}`])),
  };
  return [
    { uses: ACTIONS.checkout },
    { uses: ACTIONS.node, with: { 'node-version': 22 } },
    { name: 'Install', run: job.install },
    {
      name: 'Restore what earlier runs measured',
      id: 'history',
      uses: ACTIONS.restore,
      with: {
        path: HISTORY,
        key: `${key}\${{ github.run_id }}-\${{ github.run_attempt }}`,
        'restore-keys': key,
      },
    },
    { name: 'Run the graph', id: 'graph', ...(Object.keys(env).length > 0 ? { env } : {}), run },
    {
      name: 'Say what failed, was tried again and is flaky',
      if: AFTERWARDS,
      run: `${REPRISE} report "$REPRISE_JOB_ID" --annotations github --summary "$GITHUB_STEP_SUMMARY"`,
    },
    {
      name: 'Keep what this run measured',
      if: `\${{ always() && steps.graph.outcome != 'skipped' && hashFiles('${HISTORY}') != '' }}`,
      uses: ACTIONS.save,
      with: { path: HISTORY, key: '${{ steps.history.outputs.cache-primary-key }}' },
    },
    {
      name: 'Keep reports, logs and journal',
      if: AFTERWARDS,
      uses: ACTIONS.upload,
      with: {
        name: `reprise-${job.name}-\${{ github.run_attempt }}`,
        path: '.reprise/jobs/\n.reprise/graphs/\n',
        'include-hidden-files': true,
        'if-no-files-found': 'ignore',
        'retention-days': 14,
      },
    },
  ];
}

/** What each part is for, at its place. */
const REMARKS: Readonly<Record<string, string>> = {
  'Restore what earlier runs measured':
    ' A cache cannot be changed, so each run keeps one of its own, and takes the newest there is: of its\n branch, else of the branch that it goes to, else of the default branch (GitHub looks in this order).',
  'Run the graph': ' `exec`, so that a cancellation reaches it and the job ends in order.',
  'Keep what this run measured': ' After a failure too: a flake shows itself in runs that failed.',
  'Keep reports, logs and journal':
    ' JUnit of every node with reports is in jobs/*/reports. With the artifact in a directory DIR:\n `reprise explain JOB NODE --journal DIR`. Where the working directory is kept (a runner of your own),\n `reprise resume JOB` runs again what did not succeed, and nothing else.',
};

function dress(document: Document): void {
  for (const key of ['on', 'permissions', 'jobs']) {
    const { contents } = document;
    if (!isMap(contents)) return;
    const pair = contents.items.find((item) => String(item.key) === key);
    if (pair) Object.assign(pair.key as object, { spaceBefore: true });
  }
  const steps = document.getIn(['jobs', 'reprise', 'steps'], true);
  if (!isSeq(steps)) return;
  for (const step of steps.items) {
    if (!isMap(step)) continue;
    const remark = REMARKS[String(step.get('name') ?? '')];
    if (remark !== undefined) step.commentBefore = remark;
  }
}
