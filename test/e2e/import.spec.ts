import { workspace } from '../support/e2e-cli';

/** https://argo-workflows.readthedocs.io/en/latest/enhanced-depends-logic/, and what its tasks say they should do. */
const MANIFEST = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { generateName: diamond- }
spec:
  entrypoint: diamond
  onExit: bye
  templates:
  - name: diamond
    dag:
      tasks:
      - { name: A, template: pass }
      - { name: B, template: pass, depends: A }
      - { name: C, template: fail, depends: A }
      - { name: runs-1, template: pass, depends: A && (C.Succeeded || C.Failed) }
      - { name: runs-2, template: pass, depends: B || C }
      - { name: does-not-run, template: pass, depends: B && C }
      - { name: runs-3, template: pass, depends: runs-2.Succeeded || does-not-run }
      - { name: flip, template: coin }
      - { name: heads, template: pass, depends: flip, when: '{{tasks.flip.outputs.result}} == heads' }
      - { name: tails, template: pass, depends: flip, when: '{{tasks.flip.outputs.result}} == tails' }
      - { name: after-both, template: pass, depends: heads && tails }
      - { name: below-omitted, template: pass, depends: does-not-run }
      - { name: each, template: say, depends: list, withParam: '{{tasks.list.outputs.result}}', arguments: { parameters: [{ name: m, value: '{{item}}' }] } }
      - { name: list, template: list }
  - { name: pass, container: { image: busybox, command: [sh, -c, exit 0] } }
  - { name: fail, container: { image: busybox, command: [sh, -c, exit 1] } }
  - { name: coin, script: { image: alpine, command: [sh], source: echo heads } }
  - { name: list, script: { image: alpine, command: [sh], source: 'echo "[1, 2]"' } }
  - { name: say, inputs: { parameters: [{ name: m }] }, container: { image: alpine, command: [sh, -c, 'echo {{inputs.parameters.m}} >> said'] } }
  - name: bye
    steps: [[{ name: cry, template: pass, when: '{{workflow.status}} != Succeeded' }, { name: cheer, template: pass, when: '{{workflow.status}} == Succeeded' }]]
`;

it('an imported workflow of Argo runs what Argo would run', async () => {
  const space = workspace();
  space.write('workflow.yaml', MANIFEST);
  expect((await space.run('import', 'workflow.yaml', '--out', 'g.yaml')).code).toBe(0);
  const { code, stdout } = await space.run('run', 'g.yaml', '--json');
  expect(code).toBe(1);
  const nodes: Record<string, { status: string }> = JSON.parse(stdout).nodes;
  const by = (status: string) => Object.keys(nodes).filter((id) => nodes[id]?.status === status);
  expect(by('failed')).toEqual(['C']);
  expect(by('skipped').sort()).toEqual(['below-omitted', 'cheer', 'does-not-run', 'tails']);
  expect(by('succeeded')).toEqual(
    expect.arrayContaining([
      'runs-1',
      'runs-2',
      'runs-3',
      'heads',
      'after-both',
      'cry',
      'each',
      'each-1',
      'each-2',
    ]),
  );
  expect(space.lines('said').sort()).toEqual(['1', '2']);
});

/** https://buildkite.com/docs/pipelines/configure/step-types/wait-step and /depends-on, and what its steps say they should do. */
const PIPELINE = `
env: { WHO: all }
steps:
  - { key: build, command: echo "build for $WHO" >> said }
  - wait
  - { key: fails, command: exit 1 }
  - { key: soft, command: exit 42, soft_fail: [{ exit_status: 42 }] }
  - { key: again, command: '[ "$$BUILDKITE_RETRY_COUNT" = 1 ]', retry: { automatic: { limit: 1 } } }
  - { key: shards, command: 'echo "$$BUILDKITE_PARALLEL_JOB of $$BUILDKITE_PARALLEL_JOB_COUNT" >> said', parallelism: 2 }
  - { label: 'on {{matrix}}', command: 'echo {{matrix}} >> said', matrix: [linux, mac] }
  - { wait: ~, continue_on_failure: true }
  - { key: regardless, command: 'true' }
  - wait
  - { key: passed, command: 'true' }
  - { wait: ~, continue_on_failure: true }
  - { key: never, command: 'true' }
  - { key: alone, command: 'true', depends_on: [soft, { step: fails, allow_failure: true }] }
  - { key: elsewhere, command: 'true', if: build.branch != "main" }
`;

it('an imported pipeline of Buildkite runs what Buildkite would run', async () => {
  const space = workspace();
  space.write('pipeline.yml', PIPELINE);
  const given = ['--set', 'build.branch=main', '--out', 'g.yaml'];
  expect((await space.run('import', 'pipeline.yml', ...given)).code).toBe(0);
  const { code, stdout } = await space.run('run', 'g.yaml', '--json');
  expect(code).toBe(1);
  const nodes: Record<string, { status: string; attempts: number }> = JSON.parse(stdout).nodes;
  const by = (status: string) => Object.keys(nodes).filter((id) => nodes[id]?.status === status);
  expect(by('failed')).toEqual(['fails']);
  expect(by('skipped').sort()).toEqual(['never', 'passed']);
  expect(by('succeeded').sort()).toEqual([
    ...['again', 'alone', 'build', 'on-linux', 'on-mac', 'regardless', 'shards-1', 'shards-2', 'soft'],
  ]);
  expect(nodes['again']?.attempts).toBe(2);
  const [first, ...rest] = space.lines('said');
  expect(first).toBe('build for all');
  expect(rest.sort()).toEqual(['0 of 2', '1 of 2', 'linux', 'mac']);
});
