import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CI_FILES } from '../../../lib/cli/annotate';
import { buildProgram } from '../../../lib/cli/commands';
import { actionErrors, workflowErrors } from '../../support/github-workflow';
import { gitlabPipeline } from '../../support/gitlab-pipeline';

const ACTION = readFileSync('ci/github/action.yml', 'utf8');
const PAGE = readFileSync('docs/ci.md', 'utf8');
const TEMPLATE = readFileSync('ci/gitlab/reprise.gitlab-ci.yml', 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
const action = parse(ACTION) as {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};
const gitlab = parse(TEMPLATE)['.reprise'];

/** Options that a line gives one of our commands. */
const optionsIn = (text: string) => [...text.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option!);

async function optionsOf(name: string): Promise<string[]> {
  return (await buildProgram(name)).commands[0]!.options.flatMap(({ long }) => long ?? []);
}

describe('the action of GitHub', () => {
  it("is one to GitHub's own parser, expressions included", async () => {
    expect(await actionErrors(ACTION)).toEqual([]);
    expect(await actionErrors(ACTION.replace('using: composite', 'using: 3'))).not.toEqual([]);
    expect(
      await actionErrors(ACTION.replace("inputs.history == 'true'", "inputs.history = 'true'")),
    ).not.toEqual([]);
  });

  it('takes other actions by their commit', () => {
    const uses = action.runs.steps.flatMap((step) => step.uses ?? []);
    expect(uses).toHaveLength(3);
    for (const each of uses) expect(each).toMatch(/^actions\/[a-z/-]+@[0-9a-f]{40}$/);
    expect(ACTION.match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)).toHaveLength(3);
  });

  it('puts no input into a script, where it would be read as one', () => {
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
  });

  it('uses every input, and names none that is not there', () => {
    const used = new Set([...ACTION.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('hands on what annotating writes, and uploads it', () => {
    expect(Object.keys(action.outputs)).toEqual(['job-id', 'status', 'junit', 'ctrf']);
    const { path } = action.runs.steps.at(-1)!.with!;
    expect(path).toContain(CI_FILES.junit);
    expect(path).toContain(CI_FILES.ctrf);
  });

  it('gives `reprise run` options that it has', async () => {
    const { run = '' } = action.runs.steps.find((step) => step.run !== undefined)!;
    const own = optionsIn(run.slice(run.indexOf('exec')));
    expect(own).toEqual(['--job', '--annotate', '--param']);
    expect(await optionsOf('run')).toEqual(expect.arrayContaining(own));
  });
});

describe('docs/ci.md', () => {
  const [github = '', template = ''] = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );

  it("calls the action as a workflow does that is one to GitHub's own parser, with inputs that it has", async () => {
    const indented = github.replace(/^/gm, '    ');
    const workflow = `on: push\njobs:\n  tests:\n    runs-on: ubuntu-latest\n${indented}`;
    expect(await workflowErrors(workflow)).toEqual([]);
    const steps = parse(github).steps as readonly Step[];
    const given = steps.flatMap((step) =>
      step.uses?.includes('ci/github@') ? Object.keys(step.with ?? {}) : [],
    );
    expect(given.length).toBeGreaterThan(0);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
  });

  it('extends the template by its name, with variables that it has', () => {
    const { include, tests } = parse(template);
    expect([include.file, tests.extends]).toEqual(['ci/gitlab/reprise.gitlab-ci.yml', '.reprise']);
    expect(Object.keys(gitlab.variables)).toEqual(expect.arrayContaining(Object.keys(tests.variables)));
  });
});

describe('the template of GitLab', () => {
  it('runs the graph, and tells GitLab of the files that annotating writes', async () => {
    expect(gitlab.artifacts.reports).toEqual({ junit: CI_FILES.junit, codequality: CI_FILES.codeQuality });
    expect(gitlab.artifacts.paths).toEqual(expect.arrayContaining([CI_FILES.summary, CI_FILES.ctrf]));
    expect(gitlab.artifacts.when).toBe('always');
    expect(await optionsOf('run')).toEqual(
      expect.arrayContaining(optionsIn(gitlab.script[0]).filter((o) => o !== '--no')),
    );
    expect(await optionsOf('annotate')).toEqual(expect.arrayContaining(optionsIn(gitlab.after_script[0])));
  });

  it("is a pipeline by GitLab's own schema, once a job extends it", () => {
    const pipeline = (template: string) =>
      gitlabPipeline({
        'reprise.gitlab-ci.yml': template,
        '.gitlab-ci.yml':
          'include: { local: reprise.gitlab-ci.yml }\ntests: { extends: .reprise, variables: { REPRISE_GRAPH: shop.graph.yaml } }\n',
      });
    const { jobs, errors } = pipeline(TEMPLATE);
    expect(errors).toEqual([]);
    expect(jobs).toMatchObject([{ name: 'tests' }]);
    expect(pipeline(TEMPLATE.replace('codequality:', 'code_quality:')).errors).toEqual([
      expect.stringContaining("'code_quality' property is not expected to be here"),
    ]);
  });

  it('has only what a job of GitLab may have', () => {
    // The keywords of a job: https://docs.gitlab.com/ci/yaml/#job-keywords
    const known = ['image', 'variables', 'cache', 'before_script', 'script', 'after_script', 'artifacts'];
    expect(Object.keys(gitlab)).toEqual(known);
    for (const value of Object.values(gitlab.variables)) expect(typeof value).toBe('string');
  });
});
