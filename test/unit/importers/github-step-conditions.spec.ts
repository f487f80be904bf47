import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createBench, imported, jobNode, SHELLS } from './github-run';

/** When a step runs is decided as by GitHub's runner (actions/runner, `src/Runner.Worker/StepsRunner.cs` and `Expressions`). */
describe.each(SHELLS)('the condition of a step, read by %s', (_, shell) => {
  const bench = createBench();
  const run = (body: string, env?: Record<string, string>) => bench.run(jobNode(body).run, shell, env);
  const after = (first: string, condition: string, env?: Record<string, string>) =>
    run(
      `steps:\n  - { id: a, ${first} }\n  - { id: b, run: 'echo ran', if: ${JSON.stringify(condition)} }`,
      env,
    );

  it.each([
    ['success()', true, false],
    ['failure()', false, true],
    ['always()', true, true],
    ['cancelled()', false, false],
    ['!cancelled()', true, true],
    ['${{ success() || failure() }}', true, true],
    ["steps.a.outcome == 'failure'", false, false],
    ["failure() && steps.a.outcome == 'failure'", false, true],
    ["always() && steps.A.Conclusion != 'Success'", false, true],
    ["always() && job.status == 'failure'", false, true],
    ['!success()', false, true],
    ["failure() || steps.a.outcome == 'success'", true, true],
    ["always() && steps.a.outcome == 'skipped'", false, false],
    ['always() && steps.later.outcome == null', true, true],
    ["always() && !(steps.a.outcome == 'success' && true)", false, true],
    ["'a text that is true'", true, false],
  ])('%s: %p after a step that succeeds, %p after one that fails', (condition, good, bad) => {
    const [well, badly] = [after('run: exit 0', condition), after('run: exit 3', condition)];
    expect([well.stdout, badly.stdout]).toEqual([good ? 'ran\n' : '', bad ? 'ran\n' : '']);
    expect([well.status, badly.status]).toEqual([0, 3]);
  });

  it('knows of a step that may fail that its outcome is failure, and its conclusion success', () => {
    const first = 'run: exit 1, continue-on-error: true';
    expect(after(first, "steps.a.outcome == 'failure' && steps.a.conclusion == 'success'")).toMatchObject({
      stdout: 'ran\n',
      status: 0,
    });
    expect(after(first, 'failure()')).toMatchObject({ stdout: '', status: 0 });
  });

  it('knows of a step that did not run that it was skipped', () => {
    const { stdout } = run(`
steps:
  - { id: never, if: false, run: echo never }
  - { id: later, if: failure(), run: echo never }
  - { if: "steps.never.outcome == 'skipped' && steps.later.conclusion == 'skipped'", run: echo both }
  - { if: "steps.never.outputs.x == ''", run: "echo [\${{ steps.later.outcome }}\${{ steps.never.outputs.x }}]" }`);
    expect(stdout).toBe('both\n[skipped]\n');
  });

  it.each([
    ["steps.a.outputs.v == 'yes'", 'YES', true],
    ["steps.a.outputs.V != 'no'", 'yes', true],
    ['steps.a.outputs.v', '', false],
    ['steps.a.outputs.v', 'false', true],
    ['!steps.a.outputs.v', '', true],
    ['steps.a.outputs.v == true', 'true', false],
    ['steps.a.outputs.v == true', '1', true],
    ['steps.a.outputs.v == 0', '', true],
    ['steps.a.outputs.v > 2', '10', true],
    ['2 >= steps.a.outputs.v', '10', false],
    ['steps.a.outputs.v < 2', 'x', false],
    ['steps.a.outputs.v != 2', 'x', true],
    ['steps.a.outputs.v == null', '', true],
    ["contains(steps.a.outputs.v, 'B')", 'abc', true],
    ["contains('a*c', steps.a.outputs.v)", '*', true],
    ["contains('abc', steps.a.outputs.v)", '*', false],
    ['contains(fromJSON(\'["x", "Y"]\'), steps.a.outputs.v)', 'y', true],
    ["startsWith(steps.a.outputs.v, 'refs/')", 'Refs/tags', true],
    ["startsWith(steps.a.outputs.v, 'refs/')", 'a refs/', false],
    ["endsWith(steps.a.outputs.v, '.md')", 'a.MD', true],
    ["(steps.a.outputs.v || 'other') == 'other'", '', true],
    ["(steps.a.outputs.v == 'x' && 'left' || 'right') == 'left'", 'x', true],
    ["format('{0}-{1}', steps.a.outputs.v, 'b') == 'a-b'", 'a', true],
    ["(steps.a.outputs.v == 'x') == true", 'x', true],
    ["steps.a.outputs.other == ''", 'x', true],
    ["steps.a.outputs.other == '0'", 'x', true],
    ["steps.a.outputs.v == '0'", '', false],
    ["contains(fromJSON('[true, 1]'), steps.a.outputs.v)", 'true', false],
    ["contains(fromJSON('[true, 1]'), steps.a.outputs.v)", '1', true],
    ["steps.a.outputs.v == 'it''s \"$HOME\" `x`'", 'it\'s "$HOME" `x`', true],
  ])('compares outputs of steps as expressions do: %s where v is %j is %p', (condition, value, holds) => {
    const first = 'run: echo "v=$VALUE" >> "$GITHUB_OUTPUT"';
    const { stdout, status } = after(first, condition, { VALUE: value });
    expect({ stdout, status }).toEqual({ stdout: holds ? 'ran\n' : '', status: 0 });
  });

  it('knows the variables of the job, those that steps set, and those of its own step', () => {
    const { stdout } = run(`
env: { A: one, TOLD: '\${{ env.X }}' }
steps:
  - run: |
      echo A=two >> $GITHUB_ENV
      echo B=three >> $GITHUB_ENV
  - { if: env.A == 'two' && env.B == 'Three', run: echo set }
  - { if: env.A == 'one', run: echo own, env: { A: one } }
  - { if: "env.C == 'three!' && env.NONE == ''", run: echo later, env: { C: '\${{ env.B }}!' } }
  - { if: env.TOLD == '', run: echo told }`);
    expect(stdout).toBe('set\nown\nlater\ntold\n');
  });

  it('lets a step run where only GitHub knows part of it, as far as the rest of it allows, and says so', () => {
    const steps = (condition: string) =>
      `steps: [{ run: exit 1 }, { run: echo ran, if: ${JSON.stringify(condition)} }]`;
    const runs = (condition: string) => run(steps(condition)).stdout === 'ran\n';
    expect(runs("failure() && github.event_name == 'push'")).toBe(true);
    expect(runs("failure() && !(github.event_name == 'push')")).toBe(true);
    expect(runs("cancelled() && github.event_name == 'push'")).toBe(false);
    expect(runs("github.event_name == 'push'")).toBe(false);
    expect(runs("failure() && !(github.event_name == 'push' || failure())")).toBe(false);
    const { notes } = jobNode(steps("failure() && hashFiles('x') == 'y'"));
    expect(notes).toMatch(
      /changed jobs\.job\.steps\[1\]\.if: the step runs whether or not this holds, .*failure\(\) && hashFiles/,
    );
    expect(jobNode(steps('failure()')).notes).not.toMatch(/steps\[1\]\.if/);
  });

  it.each([
    ["github.event_name == 'push'", 'push', true],
    ["github.event_name == 'push'", 'schedule', false],
    ["!(github.event_name == 'push')", 'push', false],
    ["github.event_name != 'push' && vars.NONE == 'x'", 'schedule', true],
    ["startsWith(github.event_name, 'pull_request')", 'pull_request_target', true],
    ['contains(fromJSON(\'["push"]\'), github.event_name)', 'schedule', false],
  ])('reads what only a run knows where it is told: %s, of %s, is %p', (condition, event, holds) => {
    const { run: command, notes } = jobNode(`steps: [{ run: echo ran, if: ${JSON.stringify(condition)} }]`);
    const { stdout, status } = bench.run(command, shell, { GITHUB_EVENT_NAME: event });
    expect({ stdout, status }).toEqual({ stdout: holds ? 'ran\n' : '', status: 0 });
    expect(bench.run(command, shell).stdout).toBe('ran\n');
    expect(notes).toMatch(
      /changed jobs\.job\.steps\[0\]\.if: this asks for the variable GITHUB_EVENT_NAME: while it is not set .* counts as true/,
    );
  });

  it('asks git for the branch, and lets the step run where there is none', () => {
    const { run: command } = jobNode(
      `steps: [{ run: echo ran, if: github.ref == 'refs/heads/main' }, { run: echo always }]`,
    );
    const on = (branch: string) =>
      bench.run(`git init -q -b ${branch} . && ${shell.join(' ')} "$COMMAND"`, shell, { COMMAND: command });
    expect(on('main').stdout).toBe('ran\nalways\n');
    expect(on('other')).toMatchObject({ stdout: 'always\n', status: 0 });
    expect(bench.run(command, shell)).toMatchObject({ stdout: 'ran\nalways\n', status: 0 });
  });

  it('does not ask about actions, which do not run here', () => {
    const { stdout } = run(`
steps:
  - { id: filter, uses: dorny/paths-filter@v3 }
  - { if: steps.filter.outputs.changed == 'true', run: echo ran }`);
    expect(stdout).toBe('ran\n');
  });

  it('lets what cleans up run after a cancellation, in the time that is left, and nothing else', async () => {
    const { run: command } = jobNode(`
steps:
  - { id: long, run: 'echo started; exec sleep 60' }
  - { run: echo next }
  - { run: echo failed, if: failure() }
  - { run: echo always, if: always() }
  - { run: echo cancelled, if: "cancelled() && steps.long.outcome == 'cancelled'" }
  - { run: echo unless, if: '!cancelled()' }`);
    const { output, code } = await cancelled(command);
    expect(output).toBe('started\nalways\ncancelled\n');
    expect(code).toBe(143);
  });

  it('ends at once on a cancellation where nothing cleans up', async () => {
    const { run: command } = jobNode(
      'steps: [{ run: echo started; sleep 60 }, { run: echo next, if: failure() }]',
    );
    expect((await cancelled(command)).output).toBe('started\n');
  });

  /** Sends SIGTERM to the process group once something has been written, as a worker does. */
  async function cancelled(command: string) {
    const [program, ...args] = shell;
    const child = spawn(program!, [...args, command], {
      cwd: mkdtempSync(join(bench.folder, 'work-')),
      env: { PATH: process.env.PATH, TMPDIR: bench.temp },
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      if (output === '') process.kill(-child.pid!, 'SIGTERM');
      output += String(data);
    });
    const [code] = await once(child, 'close');
    return { output, code };
  }

  describe('of a gate', () => {
    const gate = (steps: string) =>
      imported(
        `jobs:
  a: { runs-on: x, steps: [{ run: 'true' }] }
  b: { runs-on: x, strategy: { matrix: { v: [1, 2] } }, steps: [{ run: 'echo \${{ matrix.v }}' }] }
  c: { uses: acme/workflows/.github/workflows/scan.yml@v1 }
  gate:
    needs: [a, b]
    if: always()
    runs-on: x
    steps: ${steps}`,
        'gate',
      );
    const results = (a: string, b: string) => ({ NEEDS_A_RESULT: a, NEEDS_B_RESULT: b });

    it.each([
      ["contains(needs.*.result, 'failure')", 'success', 'success', 0],
      ["contains(needs.*.result, 'failure')", 'success', 'failure', 1],
      ["contains(needs.*.result, 'failure')", 'skipped', 'cancelled', 0],
      [
        "contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')",
        'success',
        'cancelled',
        1,
      ],
      ["needs.a.result != 'success' || needs.b.result != 'success'", 'success', 'skipped', 1],
      ["!(needs.a.result == 'success' && needs.b.result == 'success')", 'success', 'success', 0],
      ["contains(join(needs.*.result, ','), 'fail')", 'success', 'failure', 1],
    ])('%s, where they are %s and %s, ends with %i', (condition, a, b, status) => {
      const made = gate(JSON.stringify([{ if: condition, run: 'exit 1' }]));
      expect(bench.run(made.run, shell, results(a, b)).status).toBe(status);
    });

    const beside = (c: string, condition: string) =>
      imported(
        `jobs:
  a: { steps: [{ run: 'true' }] }
  c: { uses: acme/workflows/.github/workflows/scan.yml@v1${c} }
  gate: { needs: [a, c], if: always(), steps: [{ if: ${JSON.stringify(condition)}, run: echo ran }] }`,
        'gate',
      );
    const given = { NEEDS_A_RESULT: 'success' };

    it.each([
      ["contains(needs.*.result, 'failure')", '', false],
      ["needs.c.result == 'cancelled'", '', false],
      ["needs.c.result == 'success'", '', true],
      ["needs.c.result != 'success'", '', false],
      ["contains(needs.*.result, 'skipped')", '', false],
      ["contains(needs.*.result, 'skipped')", ', if: false', true],
      ["needs.c.result == 'success'", ', if: false', false],
    ])(
      'takes a job that is no node for succeeded where it would have run: %s, with%s',
      (condition, c, runs) => {
        const made = beside(c, condition);
        expect(bench.run(made.run, shell, given).stdout).toBe(runs ? 'ran\n' : '');
        expect(made.notes).not.toContain('c is no node, and nobody');
      },
    );

    it('asks at run time whether a job that is no node would have run', () => {
      const made = beside(', needs: a', "needs.c.result == 'skipped'");
      expect(made.node.with).toEqual({
        NEEDS_C_RESULT: '((results.`a`.status = "succeeded") ? "success" : "skipped")',
      });
      expect(bench.run(made.run, shell, { NEEDS_C_RESULT: 'skipped' }).stdout).toBe('ran\n');
    });

    it.each([
      ["contains(needs.*.result, 'failure')", false],
      ["needs.c.result == 'success'", true],
      ["needs.c.result != 'success'", true],
      ["contains(needs.*.result, 'skipped')", true],
    ])(
      'runs a step that asks for what nobody knows of such a job, and says so: %s is %p',
      (condition, runs) => {
        const made = beside(", if: hashFiles('x') == 'y'", condition);
        expect(bench.run(made.run, shell, given).stdout).toBe(runs ? 'ran\n' : '');
        expect(made.notes).toContain('c is no node, and nobody here knows whether it would have run');
      },
    );

    it('fails where nobody has given it the results', () => {
      const made = gate(`[{ if: "contains(needs.*.result, 'failure')", run: exit 1 }]`);
      expect(bench.run(made.run, shell).status).not.toBe(0);
    });

    it('asks for the results in its own `with`, of all nodes that a job became', () => {
      const { node } = gate(
        `[{ run: 'test "\${{ needs.b.result }}\${{ needs.a.result }}" = successsuccess' }]`,
      );
      expect(node.with).toEqual({
        NEEDS_A_RESULT:
          '$lookup({"failed":"failure","cancelled":"cancelled","succeeded":"success","skipped":"skipped"}, results.`a`.status)',
        NEEDS_B_RESULT:
          '($all := [results.`b-1`.status, results.`b-2`.status]; $lookup({"failed":"failure","cancelled":"cancelled","succeeded":"success","skipped":"skipped"}, ["failed","cancelled","succeeded","skipped"][$ in $all][0]))',
      });
      expect(bench.run(gate('[{ run: exit 0 }]').run, shell).status).toBe(0);
      expect(gate('[{ run: exit 0 }]').node.with).toBeUndefined();
    });
  });
});
