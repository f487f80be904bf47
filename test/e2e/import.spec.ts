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
