import { readdirSync } from 'node:fs';
import { createBench, imported, jobNode, SHELLS } from './github-run';

/** What each step does is that of GitHub's runner: its documentation, or its source (actions/runner, `src/Runner.Worker`). */
describe.each(SHELLS)('the steps of a job, run by %s', (_, shell) => {
  const bench = createBench();
  const run = (body: string, env?: Record<string, string>) => bench.run(jobNode(body).run, shell, env);

  it('are processes of their own: what one sets, ends or changes is not there for the next (ScriptHandler)', () => {
    const { stdout, status } = run(`
steps:
  - run: |
      set +e -f; umask 0777; cd /; A=1; export B=2; f() { true; }; trap 'echo trapped' EXIT
      exit 0
      echo not here
  - run: |
      echo "\${A-unset} \${B-unset} $(type f >/dev/null 2>&1 || echo none) $([ "$PWD" = / ] || echo home)"
      touch made && ls -l made | cut -c1-4; echo *
  - run: exec true
  - run: return 0 2>/dev/null || true
  - run: echo last`);
    expect(stdout).toBe('trapped\nunset unset none home\n-rw-\nmade\nlast\n');
    expect(status).toBe(0);
  });

  it('fail by their exit status, whatever line it comes from (shell: bash -e {0})', () => {
    for (const last of ['true && false', 'false || (exit 3)', 'exit 4', 'kill -9 $$', '! true']) {
      const { stdout, status } = run(`steps: [{ run: "echo one\\n${last}" }, { run: echo two }]`);
      expect(stdout).toBe('one\n');
      expect(status).not.toBe(0);
    }
    // A list that fails ends a script only as its last line.
    const { stdout, status } = run('steps: [{ run: "false && true\\necho on" }, { run: echo two }]');
    expect({ stdout, status }).toEqual({ stdout: 'on\ntwo\n', status: 0 });
  });

  it('give their job the exit status of the one that failed', () => {
    expect(run('steps: [{ run: exit 7 }, { run: echo two }]')).toMatchObject({ status: 7, stdout: '' });
    expect(run('steps: [{ run: exit 7 }, { if: always(), run: exit 8 }]')).toMatchObject({ status: 7 });
  });

  it('fail where the script of the next cannot be written any more', () => {
    for (const last of [
      '{ run: echo two }',
      '{ run: echo two, working-directory: . }',
      '{ id: b, run: echo two }',
    ]) {
      const { status, stdout } = run(
        `steps: [{ run: 'echo one; rm -rf "$RUNNER_TEMP"' }, ${last}, { run: echo three }]`,
      );
      expect(status).not.toBe(0);
      expect(stdout).toBe('one\n');
    }
  });

  it('are read by bash where they name no shell (jobs.<job_id>.steps[*].shell)', () => {
    const { stdout, status } = run(`
steps:
  - run: '[ "$UID" == "$(id -u)" ] && echo same'
  - run: a=(1 2); [[ \${a[1]} == 2 ]] && echo array
  - run: echo "\${BASH_VERSION:+bash} $-" | tr -d BhHs`);
    expect(stdout).toBe('same\narray\nba e\n');
    expect(status).toBe(0);
  });

  it('are read by the shell that they name, with the arguments that GitHub gives it (ScriptHandlerHelpers)', () => {
    const script = 'printf "[%s]" "${0##*/}" "$@" | sed "s#/[^]]*/step#STEP#g"; echo';
    for (const name of ['python', 'pwsh', 'powershell', 'perl5', 'cmd']) bench.program(name, script);
    const { stdout } = run(`
defaults: { run: { shell: python } }
steps:
  - run: x
  - { shell: pwsh, run: x }
  - { shell: powershell, run: x }
  - { shell: 'perl5 -w "a b" {0} $HOME', run: x }
  - { shell: cmd, run: x }`);
    expect(stdout.trim().split('\n')).toEqual([
      '[python][STEP.py]',
      "[pwsh][-command][. 'STEP.ps1']",
      "[powershell][-command][. 'STEP.ps1']",
      '[perl5][-w][a b][STEP][$HOME]',
      '[cmd][/D][/E:ON][/V:OFF][/S][/C][CALL STEP.cmd]',
    ]);
  });

  it('know pipefail where they name bash, and not elsewhere', () => {
    expect(run('steps: [{ run: "false | cat" }]').status).toBe(0);
    expect(run('steps: [{ run: "false | cat", shell: bash }]').status).toBe(1);
    expect(run('steps: [{ run: "false | cat", shell: sh }]').status).toBe(0);
    expect(run('steps: [{ run: "false\\necho on", shell: sh }]')).toMatchObject({ status: 1, stdout: '' });
  });

  it('fail in a shell that GitHub refuses (ScriptHandler: invalid shell option)', () => {
    const { run: command } = jobNode('steps: [{ run: echo x, shell: node }, { run: echo two }]');
    expect(bench.run(command, shell)).toMatchObject({ status: 1, stdout: '' });
  });

  it('have nothing to read on standard input (ProcessInvoker closes it)', () => {
    const { stdout, status } = run(
      'steps: [{ run: cat }, { run: read line || echo nothing }, { run: cat; echo on }]',
    );
    expect({ stdout, status }).toEqual({ stdout: 'nothing\non\n', status: 0 });
  });

  it('are written as they stand, whatever is in them', () => {
    const lines = [
      'STEP',
      "  it's $HOME `date` \\n \\\\ \\",
      'x\' "y" $(z) ${A} $$ !',
      'cat <<STEP',
      'STEP_2',
      '\ttab é 日本',
    ];
    const text = `cat <<'MARK'\n${lines.join('\n')}\nMARK\necho done`;
    const { stdout, status } = run(`steps: [{ run: ${JSON.stringify(text)} }, { run: echo two }]`);
    expect({ stdout, status }).toEqual({ stdout: `${lines.join('\n')}\ndone\ntwo\n`, status: 0 });
  });

  it('may be long, and come from a file with CRLF', () => {
    const long = Array.from({ length: 600 }, (_, i) => `echo line ${i} ${'x'.repeat(20)} >/dev/null`);
    const lines = [...long, 'if true; then', '  echo end', 'fi'].map((line) => `          ${line}`);
    const text = ['jobs:', '  job:', '    steps:', '      - run: |', ...lines, ''].join('\r\n');
    const { stdout, status } = bench.run(imported(text, 'job').run, shell);
    expect({ stdout, status }).toEqual({ stdout: 'end\n', status: 0 });
  });

  it('run in their directory, which an earlier one may have made, and fail where it is not there', () => {
    const { stdout, status } = run(`
defaults: { run: { working-directory: made dir } }
env: { SUB: sub }
steps:
  - { run: 'mkdir -p "made dir/sub" -- -x', working-directory: . }
  - run: basename "$PWD"
  - { run: 'basename "$PWD"', working-directory: 'made dir/\${{ env.SUB }}' }
  - { run: 'basename "$PWD"', working-directory: '\${{ github.workspace }}/made dir' }
  - { run: 'basename "$PWD"', working-directory: '-x' }
  - { run: echo never, working-directory: missing }
  - { run: echo never }`);
    expect(stdout).toBe('made dir\nsub\nmade dir\n-x\n');
    expect(status).not.toBe(0);
  });

  it('go on after one that may fail', () => {
    const { stdout, status, stderr } = run(`
steps:
  - run: |
      false
      echo not here
    continue-on-error: true
  - { run: 'cd /; exit 9', env: { A: b }, continue-on-error: true }
  - run: echo two`);
    expect({ stdout, status }).toEqual({ stdout: 'two\n', status: 0 });
    expect(stderr).toContain('this step failed, the job goes on');
  });

  it('see the variables of the workflow, the job and the step, the nearest first', () => {
    const { stdout } = run(`
env: { A: job, B: "it's \${{ env.W }}" }
steps:
  - { run: 'echo "$A $B $C"', env: { A: step, C: "\${{ github.job }} '$x' \\"y\\"" } }
  - run: echo "$A \${C-none}"`);
    expect(stdout).toBe(`step it's  job '$x' "y"\njob none\n`);
  });

  it('leave nothing behind', () => {
    run('steps: [{ run: "echo x > $RUNNER_TEMP/file; mkdir $RUNNER_TEMP/dir" }]');
    run('steps: [{ run: exit 1 }]');
    expect(readdirSync(bench.temp)).toEqual([]);
  });

  it('find what a step before started', () => {
    const { stdout } = run(`
steps:
  - run: |
      (sleep 30 & echo $! > pid) >/dev/null 2>&1
  - run: kill -0 "$(cat pid)" && echo alive; kill "$(cat pid)"`);
    expect(stdout).toBe('alive\n');
  });
});
