import { parse } from 'yaml';
import { parseGraph } from '../../../lib/core/dag/parse';
import { exportGitlab } from '../../../lib/exporters/gitlab';
import { secretsOf } from '../../../lib/exporters/job';
import { gitlabPipeline } from '../../support/gitlab-pipeline';

const graph = parseGraph(`
name: shop
nodes: [{ id: a, run: 'echo $CI_COMMIT_BRANCH $GITHUB_SHA $CIRCLE', secrets: [API_KEY] }]`);
const job = {
  ...{ name: 'shop', file: 'shop.graph.yaml', install: 'npm ci' },
  ...{ secrets: secretsOf(graph), variables: ['REGION'] },
};
const text = exportGitlab(job, graph);
const { reprise } = parse(text);

describe('a pipeline of GitLab that a graph is exported to', () => {
  it("is one by GitLab's own schema", () => {
    const { jobs, errors } = gitlabPipeline({ '.gitlab-ci.yml': text });
    expect(errors).toEqual([]);
    expect(jobs).toMatchObject([{ name: 'reprise' }]);
    expect(gitlabPipeline({ '.gitlab-ci.yml': text.replace('expire_in:', 'expires_in:') }).errors).toEqual([
      expect.stringContaining("'expires_in' property is not expected to be here at reprise.artifacts"),
    ]);
  });

  it('runs the graph, and passes on what commands read of GitLab', () => {
    expect(reprise.before_script).toEqual(['npm ci']);
    expect(reprise.script).toEqual([
      'npx --no reprise run shop.graph.yaml --job "$REPRISE_JOB_ID" --param commit="$CI_COMMIT_SHA" --env REGION --env CI_COMMIT_BRANCH',
    ]);
    expect(text).toContain('# It needs these CI/CD variables of the project: API_KEY, REGION.');
  });

  // https://docs.gitlab.com/ci/yaml/#cachefallback_keys, https://docs.gitlab.com/ci/yaml/#cachewhen
  it('keeps the history of each branch, after a failure too, and begins with that of the default branch', () => {
    expect(reprise.cache).toEqual({
      key: 'reprise-history.shop.$CI_COMMIT_REF_SLUG',
      fallback_keys: ['reprise-history.shop.$CI_DEFAULT_BRANCH'],
      paths: ['.reprise/history.jsonl'],
      when: 'always',
    });
  });

  // https://docs.gitlab.com/ci/yaml/artifacts_reports/
  it('reports whatever became of the graph', () => {
    expect(reprise.after_script[0]).toBe(
      'npx --no reprise report "$REPRISE_JOB_ID" --summary reprise-summary.md --code-quality gl-code-quality-report.json',
    );
    expect(reprise.artifacts).toMatchObject({
      when: 'always',
      reports: { junit: '.reprise/jobs/*/reports/*.xml', codequality: 'gl-code-quality-report.json' },
    });
    expect(reprise.artifacts.paths).toContain('reprise-summary.md');
  });
});
