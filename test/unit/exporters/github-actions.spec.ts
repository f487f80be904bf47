import { parse } from 'yaml';
import { parseGraph } from '../../../lib/core/dag/parse';
import { exportGithubActions } from '../../../lib/exporters/github-actions';
import { type CiJob, secretsOf, slotsOf } from '../../../lib/exporters/job';
import { importGithubActions } from '../../../lib/importers/github/import';
import { workflowErrors } from '../../support/github-workflow';
import { commandOf, compiled, foreign, noteLines } from '../importers/support';

const GRAPH = `
name: shop
secrets: [API_KEY]
nodes:
  - { id: build, run: 'echo "$GITHUB_SHA \${RUNNER_OS}" >> "$GITHUB_OUTPUT"; echo $GITHUB_TOKEN $OTHER' }
  - { id: deploy, run: ./deploy.sh, needs: [build], secrets: [DEPLOY_KEY], compensate: './undo.sh $GITHUB_REF' }
`;
const graph = parseGraph(GRAPH);
const job: CiJob = {
  name: 'shop',
  file: 'ci/my graph.yaml',
  install: 'npm ci',
  secrets: secretsOf(graph),
  variables: ['REGION'],
};
const text = exportGithubActions(job, graph);
const workflow = parse(text);
interface Step {
  readonly [key: string]: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
}
const steps: readonly Step[] = workflow.jobs.reprise.steps;
const step = (name: string) => steps.find((each) => String(each['name'] ?? each['uses']).startsWith(name))!;

describe('a workflow of GitHub Actions that a graph is exported to', () => {
  it("is what GitHub's own parser takes, expressions included", async () => {
    expect(await workflowErrors(text)).toEqual([]);
    expect(await workflowErrors(text.replace('always()', 'allways()'))).not.toEqual([]);
    expect(await workflowErrors(text.replace('runs-on', 'run-on'))).not.toEqual([]);
  });

  it('has one job, which may read the repository and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.keys(workflow.jobs)).toEqual(['reprise']);
  });

  it('names actions by their major version', () => {
    const used = steps.flatMap((each) => (each['uses'] ? [each['uses']] : []));
    expect(used).toHaveLength(5);
    for (const action of used) expect(action).toMatch(/^actions\/[a-z/-]+@v\d+$/);
  });

  it('gives the run its secrets and variables, and passes on what commands read of GitHub', () => {
    const { env, run } = step('Run the graph');
    expect(env).toEqual({
      API_KEY: '${{ secrets.API_KEY }}',
      DEPLOY_KEY: '${{ secrets.DEPLOY_KEY }}',
      REGION: '${{ vars.REGION }}',
    });
    expect(run).toBe(
      'exec npx --no reprise run \'ci/my graph.yaml\' --job "$REPRISE_JOB_ID" --param commit="$GITHUB_SHA"' +
        ' --env REGION --env GITHUB_REF --env GITHUB_SHA --env RUNNER_OS',
    );
  });

  // https://github.com/actions/cache/blob/main/tips-and-workarounds.md#update-a-cache
  it('keeps the history under a key of each run and attempt, and restores the newest', () => {
    const { with: restore, id } = step('Restore');
    expect(restore).toEqual({
      path: '.reprise/history.jsonl',
      key: 'reprise-history.shop.${{ github.run_id }}-${{ github.run_attempt }}',
      'restore-keys': 'reprise-history.shop.',
    });
    expect(step('Keep what this run measured').with).toEqual({
      path: '.reprise/history.jsonl',
      key: `\${{ steps.${id}.outputs.cache-primary-key }}`,
    });
  });

  it('reports, saves and uploads after a failure too, and not where nothing began to run', () => {
    for (const name of ['Say what failed', 'Keep what this run measured', 'Keep reports']) {
      expect(step(name)['if']).toContain("always() && steps.graph.outcome != 'skipped'");
    }
    expect(step('Keep reports').with).toMatchObject({ 'include-hidden-files': true });
  });

  it('can be imported again, as one node that runs the graph', () => {
    const imported = importGithubActions(foreign(text), { name: 'x' });
    const { nodes } = compiled(imported);
    expect(nodes.map(({ id }) => id)).toEqual(['reprise']);
    expect(commandOf({ nodes } as never, 'reprise')).toContain("npx --no reprise run 'ci/my graph.yaml'");
    expect(nodes[0]?.work.secrets).toEqual(['API_KEY', 'DEPLOY_KEY']);
    expect(noteLines(imported).join('\n')).toContain('actions/cache/restore@v5');
  });

  it('runs as many slots as the widest attempt takes, retries included', () => {
    const wide = parseGraph(`
name: g
nodes:
  - { id: a, run: x, resources: { slots: 2 }, retry: { bigger: { factor: 2, most: { slots: 4 } } } }`);
    expect(slotsOf(graph)).toBeUndefined();
    expect(slotsOf(wide)).toBe(4);
    expect(exportGithubActions({ ...job, slots: 4, suites: 'suites.yaml' }, wide)).toContain(
      '--slots 4 --suites suites.yaml',
    );
  });

  it.each(['true', '123', 'null', '-a', '1e3'])('keeps a graph called %s by its name', (name) => {
    const written = exportGithubActions({ ...job, name }, graph);
    expect(parse(written).name).toBe(name);
  });
});
