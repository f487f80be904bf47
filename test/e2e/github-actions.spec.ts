import type { RunResult } from '../../lib/cli/render/result';
import { workspace } from '../support/e2e-cli';

/** What a pull request asks for, with a gate over all of it, as many repositories have it. */
const WORKFLOW = `
name: ci
on: { workflow_dispatch: { inputs: { level: { default: low }, dry: { type: boolean, default: true } } } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { version: "\${{ steps.version.outputs.value }}" }
    steps:
      - run: |
          cd /; A=leaked
          exit 0
      - id: version
        run: |
          [ "$UID" == "$(id -u)" ] && echo "value=1.\${A:-0}" >> "$GITHUB_OUTPUT"
      - run: printf 'NOTES<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_ENV"
      - run: echo "$NOTES \${{ inputs.dry && 'dry' || 'wet' }}" >> built
  test:
    needs: build
    runs-on: ubuntu-latest
    strategy: { matrix: { shard: [1, 2] } }
    steps:
      - run: echo "\${{ matrix.shard }} \${{ needs.build.outputs.version }} $GITHUB_JOB $GITHUB_RUN_ATTEMPT" >> tested
      - run: test "\${{ matrix.shard }}" = 1 && true
      - if: failure()
        run: echo "\${{ matrix.shard }}" >> cleaned
  docs: { needs: build, if: "inputs.level == 'high'", runs-on: ubuntu-latest, steps: [{ run: touch docs }] }
  flaky: { continue-on-error: true, runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
  scan: { needs: build, uses: ./.github/workflows/scan.yml }
  publish: { needs: [test, docs], runs-on: ubuntu-latest, steps: [{ run: touch published }] }
  report: { needs: [test, docs], if: "!cancelled() && contains(needs.*.result, 'skipped')", runs-on: ubuntu-latest, steps: [{ run: touch reported }] }
  gate:
    needs: [build, test, docs, flaky, scan]
    if: always()
    runs-on: ubuntu-latest
    env: { NEEDS: "\${{ toJSON(needs) }}" }
    steps:
      - run: echo "\${{ join(needs.*.result, ' ') }}" >> results
      - { id: json, continue-on-error: true, run: '! echo "$NEEDS" | grep -q "\\"result\\": \\"failure\\""; exit $?' }
      - run: echo "\${{ steps.json.outcome }} \${{ steps.json.conclusion }}" >> results
      - { if: "contains(needs.*.result, 'failure')", run: exit 3 }
`;

describe('a workflow of GitHub Actions, imported', () => {
  it('runs what it runs on GitHub, hands on what it hands on there, and ends as it ends there', async () => {
    const space = workspace();
    space.write('ci.yml', WORKFLOW);
    expect((await space.run('import', 'github-actions', 'ci.yml', '--out', 'g.yaml')).code).toBe(0);
    const { code, stdout } = await space.run('run', 'g.yaml', '--json');
    const { nodes } = JSON.parse(stdout) as RunResult;
    expect(Object.fromEntries(Object.entries(nodes).map(([id, { status }]) => [id, status]))).toEqual({
      ...{
        build: 'succeeded',
        'test-1': 'succeeded',
        'test-2': 'failed',
        docs: 'skipped',
        flaky: 'succeeded',
      },
      ...{ publish: 'skipped', report: 'succeeded', gate: 'failed' },
    });
    expect(code).toBe(1);
    expect(space.lines('built')).toEqual(['one', 'two dry']);
    expect(space.lines('tested').sort()).toEqual(['1 1.0 test 1', '2 1.0 test 1']);
    expect(space.lines('cleaned')).toEqual(['2']);
    expect(space.lines('results')).toEqual(['success failure skipped success success', 'failure success']);
  });
});
