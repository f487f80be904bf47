import { detectKind } from '../../../lib/importers/detect';
import { fixture, foreign, refusal } from './support';

describe('the kind of a foreign file', () => {
  it.each([
    ['github/pull-request.yml', 'github-actions'],
    ['github/matrix.yml', 'github-actions'],
    ['github/release.yml', 'github-actions'],
    ['nx/run-many.json', 'nx'],
    ['nx/run-many-v20.json', 'nx'],
    ['nx/tasks-with-arguments.json', 'nx'],
    ['nx/projects-only.json', 'nx'],
    ['turbo/monorepo.json', 'turbo'],
    ['turbo/single-package.json', 'turbo'],
    ['playwright/report.json', 'playwright'],
    ['shards/pytest.test_durations', 'pytest'],
    ['shards/go-test.jsonl', 'go'],
    ['shards/gotestsum.xml', 'go'],
    ['../reports/pytest-xunit2.xml', 'pytest'],
    ['../reports/robot-suite-xunit.xml', 'junit'],
  ])('of %s is %s', (path, kind) => {
    expect(detectKind(fixture(path))).toBe(kind);
  });

  it.each([
    ['jest', { numRuntimeErrorTestSuites: 0 }],
    ['vitest', {}],
  ])('of what %s writes is told by its counts', (kind, counts) => {
    const report = { ...counts, numTotalTests: 0, numFailedTestSuites: 0, testResults: [] };
    expect(detectKind(foreign(report))).toBe(kind);
  });

  it.each([
    ['a pipeline', 'steps: [{ label: a, command: x }, wait]'],
    ['one whose steps have what an anchor holds', 'a: &a { command: x }\nsteps: [{ <<: *a, label: y }]'],
    ['one of plugins alone', 'steps: [{ plugins: [docker#v5] }]'],
  ])('of Buildkite (%s) is told by its steps', (_, text) => {
    expect(detectKind(foreign(text))).toBe('buildkite');
  });

  it.each([
    ['jobs with a script', 'stages: [test]\nunit: { stage: test, script: [npm test] }', 'given'],
    ['what no other reader takes', 'unit: { script: !reference [.a, script] }', '.gitlab-ci.yml'],
    ['a file that includes others alone', 'include: { local: ci.yml }', 'team/.gitlab-ci.yaml'],
  ])('of GitLab (%s) is told by them, or by its name', (_, text, source) => {
    expect(detectKind({ text, source })).toBe('gitlab');
  });

  it.each([
    'version: 2.1\njobs: { a: { docker: [{ image: x }], steps: [checkout] } }',
    'version: 2\nworkflows: { version: 2, w: { jobs: [a] } }',
    'version: "2.1"\norbs: { node: circleci/node@5 }',
  ])('of CircleCI is told by its version and parts', (text) => {
    expect(detectKind(foreign(text))).toBe('circleci');
  });

  it.each([
    ['empty', ''],
    ['broken', 'jobs: ['],
    ['a list', '- a'],
    ['a graph of ours', 'name: g\nnodes: [{ id: a, run: "true" }]'],
    ['jobs alone', 'jobs: { a: { steps: [] } }'],
    ['steps in containers', 'steps: [{ name: a, image: node, commands: [x] }]'],
    ['steps of another system', 'steps: [{ script: x }, { task: y }]'],
  ])('of what is none (%s) is not guessed, and the kinds are listed', (_, text) => {
    expect(refusal(() => detectKind(foreign(text)))).toMatch(
      /^given: no importer knows what it is: .*the kinds are github-actions, gitlab, circleci, argo, buildkite, nx, turbo, playwright/,
    );
  });

  it('of what may be two things is asked for', () => {
    const both = { jobs: { a: { 'runs-on': 'x' } }, suites: [], config: {} };
    expect(refusal(() => detectKind(foreign(both)))).toContain('it may be github-actions or playwright');
  });
});
