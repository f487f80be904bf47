import { spawnSync } from 'node:child_process';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createBench, imported, jobNode, SHELLS } from './github-run';

/** Files and variables of the runner as actions/runner has them: `src/Runner.Worker/FileCommandManager.cs`, `GitHubContext.cs`. */
describe.each(SHELLS)('values between the steps of a job, run by %s', (_, shell) => {
  const bench = createBench();
  const run = (body: string, env?: Record<string, string>) => bench.run(jobNode(body).run, shell, env);

  it('go through $GITHUB_ENV, one line or several, to later steps and not to the one that writes them', () => {
    const { stdout, status } = run(`
env: { A: job }
steps:
  - run: |
      printf '%s\\n' 'A=x=y  "q"' 'M<<END' 'first' '' ' $HOME \`z\`' 'END' 'E<<END' 'END' >> "$GITHUB_ENV"
      echo "$A"
  - run: |
      echo "[$A][$M][\${E-unset}]"
      cat "$GITHUB_ENV"
  - { run: 'echo "$A"', env: { A: step } }
  - { run: 'echo "\${{ env.A }}"' }`);
    expect(stdout).toBe('job\n[x=y  "q"][first\n\n $HOME `z`][]\nstep\nx=y  "q"\n');
    expect(status).toBe(0);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['A<<END\nno end', 'A'],
    ['A<<\nx', 'A'],
    ['<<END\nx\nEND', ''],
  ])('fail the step that writes %j, as the runner does', (text, named) => {
    for (const file of ['GITHUB_ENV', 'GITHUB_OUTPUT']) {
      const written = `printf '%s\\n' ${text
        .split('\n')
        .map((line) => `'${line}'`)
        .join(' ')} >> "$${file}"`;
      const { status, stdout, stderr } = run(
        `steps: [{ run: ${JSON.stringify(written)} }, { run: echo next }]`,
      );
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(`neither NAME=VALUE nor NAME<<END with a line END: ${named}`);
    }
  });

  it('cannot set what the runner sets itself, nor NODE_OPTIONS', () => {
    const { stdout, stderr, status } = run(`
steps:
  - run: |
      printf '%s\\n' NODE_OPTIONS=--bad GITHUB_WORKSPACE=/x RUNNER_TEMP=/x a-b=c GITHUB_TOKEN=t >> "$GITHUB_ENV"
  - run: |
      [ "$GITHUB_WORKSPACE" = "$PWD" ] && [ -d "$RUNNER_TEMP" ] && echo "\${NODE_OPTIONS-none} $GITHUB_TOKEN"`);
    expect({ stdout, status }).toEqual({ stdout: 'none t\n', status: 0 });
    expect(stderr).toBe('NODE_OPTIONS cannot be set by $GITHUB_ENV\na-b cannot be set by $GITHUB_ENV\n');
  });

  it('go through $GITHUB_PATH, the last one first', () => {
    const { stdout } = run(`
steps:
  - run: |
      mkdir -p "a b" c; for d in "a b" c; do printf '#!/bin/sh\\necho from %s\\n' "$d" > "$d/tool"; chmod +x "$d/tool"; done
      echo "$PWD/a b" >> "$GITHUB_PATH"
  - run: tool; echo "$PWD/c" >> $GITHUB_PATH
  - run: tool`);
    expect(stdout).toBe('from a b\nfrom c\n');
  });

  it('go through $GITHUB_OUTPUT by the id of the step, whether it failed or not', () => {
    const { stdout } = run(`
steps:
  - { id: first, run: 'printf "%s\\n" "v=1" "v=a b" "Long-Name<<X" one two X >> "$GITHUB_OUTPUT"' }
  - { id: second, run: 'echo v=2 >> "$GITHUB_OUTPUT"; exit 1', continue-on-error: true }
  - run: |
      echo "\${{ steps.first.outputs.v }} \${{ steps.Second.outputs.v }} [\${{ steps.first.outputs.none }}]"
      echo '\${{ steps.first.outputs.long-name }}'
      echo "$V \${{ steps.second.outcome }} \${{ steps.second.conclusion }} \${{ job.status }}"
      cat <<EOF
      \${{ steps.first.outputs['v'] }} \${{ steps.first.outputs.v == 'a b' && 'left' || 'right' }}
      EOF
    env: { V: "v:\${{ steps.first.outputs.v || 'other' }}" }`);
    expect(stdout).toBe('a b 2 []\none\ntwo\nv:a b failure success success\na b left\n');
  });

  it('do not become code of the shell', () => {
    const value = 'x"; echo "broken\' $(echo broken) `echo broken`';
    const { stdout } = run(
      `
steps:
  - { id: a, run: 'echo "v=$VALUE" >> "$GITHUB_OUTPUT"' }
  - run: |
      echo "\${{ steps.a.outputs.v }}"
      echo '\${{ steps.a.outputs.v }}'
      echo \${{ steps.a.outputs.v }}`,
      { VALUE: value },
    );
    expect(stdout).toBe(`${value}\n`.repeat(3));
  });

  it('have a summary to write to, which nobody reads', () => {
    const { run: command, notes } = jobNode(
      'steps: [{ run: echo x >> $GITHUB_STEP_SUMMARY && cat $GITHUB_STEP_SUMMARY }]',
    );
    expect(bench.run(command, shell)).toMatchObject({ stdout: 'x\n', status: 0 });
    expect(notes).toContain('nobody reads what is written to $GITHUB_STEP_SUMMARY');
  });

  it('are those of the runner where there is something equal here', () => {
    const body = `
name: x
env: { RUNNER_TEMP: /nowhere }
steps:
  - run: |
      git init -q . && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x
  - run: |
      [ "$GITHUB_WORKSPACE" = "$PWD" ] && [ -d "$RUNNER_TEMP" ] && [ "$RUNNER_TEMP" != /nowhere ] && echo "$CI \${GITHUB_ACTIONS-none}"
      echo "$GITHUB_JOB $GITHUB_RUN_ID $GITHUB_RUN_ATTEMPT $RUNNER_OS \${{ github.run_id }}"`;
    const { stdout, status } = run(body, { REPRISE_JOB: 'nightly-7', REPRISE_ATTEMPT: '2' });
    expect({ stdout, status }).toEqual({ stdout: 'true none\njob nightly-7 2 Linux nightly-7\n', status: 0 });
    expect(run('steps: [{ run: echo "$CI $GITHUB_RUN_ID" }]', { CI: '1', GITHUB_RUN_ID: '5' }).stdout).toBe(
      '1 5\n',
    );
  });

  it('tell commit and branch of the working copy, unless told otherwise', () => {
    const { run: command } = jobNode(
      'steps: [{ run: "echo $GITHUB_SHA ${{ github.ref }} $GITHUB_REF_NAME" }]',
    );
    const make = 'git init -q -b main . && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x';
    const { stdout } = bench.run(`${make} && git rev-parse HEAD && ${shellIn(shell)} "$COMMAND"`, shell, {
      COMMAND: command,
    });
    const [sha, line] = stdout.trim().split('\n');
    expect(line).toBe(`${sha} refs/heads/main main`);
    const told = { GITHUB_SHA: 'a', GITHUB_REF: 'b', GITHUB_REF_NAME: 'c' };
    expect(bench.run(command, shell, told).stdout).toBe('a b c\n');
    const outside = bench.run(command, shell);
    expect(outside.status).not.toBe(0);
    expect(outside).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('is not set, pass it on with --env GITHUB_'),
    });
    const optional = jobNode('steps: [{ run: "echo ${GITHUB_SHA:-none}" }]').run;
    expect(bench.run(optional, shell)).toMatchObject({ status: 0, stdout: 'none\n' });
    const given = jobNode(
      'steps: [{ run: "echo $GITHUB_SHA ${{ github.sha }}" }]',
      '',
      new Map([['github.sha', 'abc']]),
    );
    expect(bench.run(given.run, shell).stdout).toBe('abc abc\n');
  });

  it('that only GitHub has are named in a note', () => {
    const { notes } = jobNode(
      'steps: [{ run: "echo $GITHUB_ACTOR $GITHUB_ACTIONS $GITHUB_SHA $GITHUB_MINE", env: { GITHUB_MINE: x } }]',
    );
    expect(notes).toContain('$GITHUB_ACTOR is not set here: pass it on with `--env GITHUB_ACTOR`');
    expect(notes).toContain('$GITHUB_ACTIONS is not set, as this is not GitHub');
    expect(notes).not.toMatch(/GITHUB_SHA|GITHUB_MINE/);
  });
});

describe.each(SHELLS)('an expression that nobody here can tell, in a command run by %s', (_, shell) => {
  const bench = createBench();
  const step = (text: string, rest = '') =>
    jobNode(
      `steps:\n  - run: echo before\n  - run: |\n${text.replace(/^/gm, '      ')}\n${rest}\n  - run: echo after`,
    );
  const unknown = '${{ github.event.number }}';

  it.each([
    ['bare', `echo ${unknown}`],
    ['in double quotes', `echo "x ${unknown}"`],
    ['in single quotes', `echo 'x ${unknown}'`],
    ['in a here-document', `cat <<EOF\n${unknown}\nEOF`],
    ['in a here-document that is left as it is', `cat <<'EOF'\n${unknown}\nEOF`],
    ['in an assignment', `A=${unknown}`],
    ['on a line that is not reached', `exit 0\necho ${unknown}`],
    ['as a part of something known', "echo ${{ format('{0} {1}', github.job, github.event.number) }}"],
    ['and is no expression at all', 'echo ${{ a b }}'],
  ])('fails the step where it stands %s, with its name', (_where, text) => {
    const { run, notes } = step(text);
    const ran = bench.run(run, shell);
    expect({ stdout: ran.stdout, status: ran.status }).toEqual({ stdout: 'before\n', status: 1 });
    expect(ran.stderr).toMatch(/^only GitHub knows \$\{\{ .* \}\}: write its value in its place/);
    expect(notes).toMatch(/steps\[1\]\.run: .* is only known on GitHub and stays in the command/);
  });

  it('fails nothing where the step is not reached, or the expression is in a comment of the shell', () => {
    const skipped = step(`echo ${unknown}`, '    if: failure()');
    expect(bench.run(skipped.run, shell)).toMatchObject({ stdout: 'before\nafter\n', status: 0 });
    expect(bench.run(step(`# ${unknown}\necho here`).run, shell).stdout).toBe('before\nhere\nafter\n');
  });

  it('fails a step that may fail, and the job goes on', () => {
    const { run } = step(`echo ${unknown}`, '    continue-on-error: true');
    expect(bench.run(run, shell)).toMatchObject({ stdout: 'before\nafter\n', status: 0 });
  });

  it('fails where a value that comes later stands where no shell puts variables in', () => {
    for (const text of [`cat <<'EOF'\n\${{ github.run_id }}\nEOF`, 'echo \\${{ github.run_id }}']) {
      expect(bench.run(step(text).run, shell, { GITHUB_RUN_ID: '7' })).toMatchObject({
        status: 1,
        stdout: 'before\n',
      });
    }
    const python = step('print("${{ github.run_id }}")', '    shell: python');
    expect(python.notes).toContain('github.run_id }} stands where no shell puts a variable in and stays');
    expect(bench.run(python.run, shell, { GITHUB_RUN_ID: '7' })).toMatchObject({
      status: 1,
      stdout: 'before\n',
    });
  });

  it('fails in the directory of a step too', () => {
    const { run } = jobNode(`steps: [{ run: echo x, working-directory: "${unknown}" }]`);
    expect(bench.run(run, shell)).toMatchObject({ status: 1, stdout: '' });
  });

  it('under `env` fails the steps that name the variable, until it is set', () => {
    const { run, notes } = jobNode(`
env: { NUMBER: "${unknown}", ACTOR: 'x-\${{ github.actor }}' }
steps: [{ run: echo before }, { run: 'echo "$NUMBER"' }, { run: 'echo "$ACTOR"' }]`);
    expect(bench.run(run, shell)).toMatchObject({ stdout: 'before\n' });
    expect(bench.run(run, shell).status).not.toBe(0);
    expect(bench.run(run, shell, { NUMBER: '3' })).toMatchObject({ stdout: 'before\n3\n' });
    expect(bench.run(run, shell, { NUMBER: '', GITHUB_ACTOR: 'me' })).toMatchObject({
      stdout: 'before\n\nx-me\n',
      status: 0,
    });
    expect(notes).toMatch(/left-out jobs\.job\.env\.NUMBER: NUMBER is .* set NUMBER where the graph runs/);
  });

  it('under `env` sets no variable that programs would take for a value', () => {
    const { run } = jobNode(`
env: { ACTOR: 'x-\${{ github.actor }}', KIND: "\${{ github.actor == 'bot' && 'bot' || 'person' }}" }
steps: [{ run: 'env | grep -E "^(ACT|KI)" | sort || echo none' }]`);
    expect(bench.run(run, shell).stdout).toBe('');
    expect(bench.run(run, shell, { GITHUB_ACTOR: 'me' }).stdout).toBe('ACTOR=x-me\nKIND=person\n');
  });

  it('that a variable of the worker stands for fails where that is not set', () => {
    const { run } = jobNode(
      'steps: [{ run: "echo ${{ github.actor }} ${{ vars.REGION }} ${{ inputs.size }}" }]',
    );
    const env = { GITHUB_ACTOR: 'me', REGION: '', INPUT_SIZE: 'l' };
    expect(bench.run(run, shell, env)).toMatchObject({ stdout: 'me l\n', status: 0 });
    for (const name of Object.keys(env)) {
      const { status, stderr } = bench.run(run, shell, { ...env, [name]: undefined as never });
      expect(status).not.toBe(0);
      expect(stderr).toContain(`${name}: is not set, pass it on with --env ${name}`);
    }
  });
});

describe.each(SHELLS)('inputs of a workflow, in a command run by %s', (_, shell) => {
  const bench = createBench();
  const on = `on: { workflow_dispatch: { inputs: {
  Level: { default: "it's \\"$HOME\\"" }, dry: { type: boolean, default: false }, count: { type: number, default: 3 },
  free: { type: boolean } } } }`;

  it('are parameters of the job, with the defaults that it declares', async () => {
    const { node, run, notes } = jobNode(
      `steps:
  - run: echo "\${{ inputs.level }}" \${{ inputs.dry && 'dry' || 'wet' }} \${{ github.event.inputs.COUNT }}
  - { if: inputs.dry, run: echo dry }
  - { if: inputs.dry == false && inputs.count > 2, run: echo many }
  - { if: github.event.inputs.dry, run: echo text }`,
      on,
    );
    expect(node.with).toEqual({
      INPUT_LEVEL: 'parameters.inputs_level ?? "it\'s \\"$HOME\\""',
      INPUT_DRY: 'parameters.inputs_dry ?? "false"',
      INPUT_COUNT: 'parameters.inputs_count ?? "3"',
    });
    const ran = async (parameters: Record<string, string>) => {
      const judged = await memoryConditions.judge({
        with: node.with ?? {},
        input: { results: {}, parameters },
      });
      return bench.run(run, shell, 'given' in judged ? { ...judged.given } : {}).stdout;
    };
    expect(await ran({})).toBe(`it's "$HOME" wet 3\nmany\ntext\n`);
    expect(await ran({ inputs_level: 'low', inputs_dry: 'true', inputs_count: '1' })).toBe(
      'low dry 1\ndry\ntext\n',
    );
    expect(notes).toContain(
      'inputs.dry is its default, "false", unless `--param inputs_dry=VALUE` gives another value',
    );
    expect(notes).not.toContain('set it where the graph runs');
  });

  it('are variables of the worker without a default, true or false as they say', () => {
    const { run, node } = jobNode(
      `steps: [{ if: inputs.free, run: "echo \${{ inputs.free && 'yes' || 'no' }}" }, { run: "echo \${{ !inputs.free }}" }]`,
      on,
    );
    expect(node.with).toBeUndefined();
    expect(bench.run(run, shell, { INPUT_FREE: 'true' }).stdout).toBe('yes\nfalse\n');
    expect(bench.run(run, shell, { INPUT_FREE: 'false' }).stdout).toBe('true\n');
    expect(bench.run(run, shell).status).not.toBe(0);
  });
});

describe.each(SHELLS)('what a job hands on, run by %s', (_, shell) => {
  const bench = createBench();

  it('are the outputs that it declares, however it ends (JobExtension.FinalizeJob)', () => {
    const { run } = jobNode(`
outputs:
  version: \${{ steps.v.outputs.version }}
  text: 'a \${{ steps.v.outputs.long }} b'
  is-main: \${{ steps.v.outputs.version == '1.2' }}
  empty: \${{ steps.v.outputs.none }}
  plain: 7
steps:
  - { id: v, run: 'printf "%s\\n" version=1.2 "long<<E" "x=1" "y<<z" E other=1 >> "$GITHUB_OUTPUT"' }
  - run: exit 4`);
    expect(bench.run(run, shell)).toMatchObject({
      status: 4,
      outputs: { version: '1.2', text: 'a x=1\ny<<z b', 'is-main': 'true', plain: '7' },
    });
    expect(Object.keys(bench.run(run, shell).outputs)).not.toContain('empty');
  });

  it('fails where what it is made of is not set, and is not taken for empty', () => {
    const { run } = jobNode("outputs: { region: '${{ vars.REGION }}' }\nsteps: [{ run: echo one }]");
    expect(bench.run(run, shell, { REGION: 'eu' })).toMatchObject({ status: 0, outputs: { region: 'eu' } });
    const { status, stdout, stderr } = bench.run(run, shell);
    expect({ isFailed: status !== 0, stdout }).toEqual({ isFailed: true, stdout: 'one\n' });
    expect(stderr).toContain('REGION: is not set');
  });

  it('is empty for the jobs behind it where it declares no such output, and unknown where nobody can tell', () => {
    const { node, run, notes } = imported(
      `jobs:
  build:
    outputs: { hash: "\${{ hashFiles('x') }}", again: "\${{ steps.a.outputs.b }}" }
    steps: [{ id: a, run: echo }]
  scan: { uses: a/b/c.yml@v1 }
  job:
    needs: [build, scan]
    steps:
      - run: echo "[\${{ needs.build.outputs.none }}\${{ needs.other.result }}]"
      - { run: 'echo "\${{ needs.build.outputs.hash }}"', continue-on-error: true }
      - { run: 'echo "\${{ needs.scan.outputs.found }}"', continue-on-error: true }
      - if: needs.build.outputs.none == '0' && needs.build.outputs.again != '0'
        run: echo null`,
      'job',
    );
    expect(node.with).toEqual({ NEEDS_BUILD_OUTPUTS_AGAIN: 'results.`build`.outputs.`again` ?? ""' });
    const { stdout, stderr, status } = bench.run(run, shell, { NEEDS_BUILD_OUTPUTS_AGAIN: 'x' });
    expect({ stdout, status }).toEqual({ stdout: '[]\nnull\n', status: 0 });
    expect(stderr.match(/only GitHub knows \$\{\{ needs\.\w+/g)).toHaveLength(2);
    expect(notes).toContain('needs.scan.outputs.found }} is only known on GitHub and stays');
    // An output that is missing is null, which equals '0' (expressions: loose equality).
    expect(bench.run(run, shell, { NEEDS_BUILD_OUTPUTS_AGAIN: '' }).stdout).toBe('[]\n');
  });

  it('is nothing where it declares nothing', () => {
    const { run } = jobNode('steps: [{ id: a, run: echo a=1 >> "$GITHUB_OUTPUT" }]');
    expect(bench.run(run, shell)).toMatchObject({ status: 0, outputs: {} });
  });

  it('reaches the jobs that need it as variables of their `with`', () => {
    const { node, run, notes } = imported(
      `jobs:
  build:
    outputs: { version: '\${{ steps.v.outputs.version }}', action: '\${{ steps.x.outputs.y }}' }
    steps: [{ id: x, uses: a/b@v1 }, { id: v, run: echo }]
  scan: { uses: a/b/c.yml@v1 }
  job:
    needs: [build, scan]
    env: { V: 'v\${{ needs.build.outputs.version }}', ALL: '\${{ toJSON(needs) }}' }
    steps:
      - run: echo "$V \${{ needs.Build.outputs.Version }} $ALL"
      - run: echo "\${{ needs.build.outputs.action }}"`,
      'job',
    );
    expect(node.with).toEqual({
      NEEDS_JSON: expect.stringMatching(
        /^\$string\(\{"build": \{"result": \$lookup\(.*, "scan": \{"result": "success", "outputs": \{\}\}\}, true\)$/,
      ),
      NEEDS_BUILD_OUTPUTS_VERSION: 'results.`build`.outputs.`version` ?? ""',
    });
    const given = { NEEDS_BUILD_OUTPUTS_VERSION: '1 2', NEEDS_JSON: '{"build":{}}' };
    const ran = bench.run(run, shell, given);
    expect(ran.stdout).toBe('v1 2 1 2 {"build":{}}\n');
    expect(ran.stderr).toMatch(/^only GitHub knows \$\{\{ needs\.build\.outputs\.action \}\}/);
    expect(notes).toContain('jobs.build.outputs.action: the output action is ${{ steps.x.outputs.y }}');
  });

  // https://docs.github.com/en/actions/reference/security/secure-use#understanding-the-risk-of-script-injections
  it.each([
    ["${{ github.actor == 'x' && 'npm test && npm run lint' || 'npm test' }}", true],
    ["npm test ${{ github.actor == 'x' && '-- --grep \"a b\"' || '' }}", true],
    ["echo \"${{ github.actor == 'x' && '$HOME' || '' }}\"", true],
    ["npm test ${{ format('{0} | tee log', github.actor) }}", true],
    ["echo '${{ github.actor == \\'x\\' && \\'a; b\\' || \\'\\' }}'".replaceAll("\\'", "'"), false],
    ["npm test ${{ github.actor == 'a && b' && '--bail' || '' }}", false],
    ["npm run ${{ contains(github.actor, '$') && 'a' || 'b' }}", false],
  ])('%s fails where its own text would be code of the shell: %s', (script, isCode) => {
    const { run: command, notes } = jobNode(`steps: [{ run: ${JSON.stringify(script)} }]`);
    bench.program('npm', 'exit 0');
    const { status } = bench.run(command, shell, { GITHUB_ACTOR: 'x' });
    expect({ status, isTold: notes.includes('may come to code of the shell') }).toEqual({
      status: isCode ? 1 : 0,
      isTold: isCode,
    });
  });

  it('says of `::set-output` that nobody reads it', () => {
    const text = `steps: [{ id: a, run: 'echo "::set-output name=v::5"' }, { run: echo x }]`;
    expect(jobNode(text).notes).toMatch(
      /changed .*steps\[0\]\.run: `::set-output` is text that nobody reads/,
    );
  });
});

function shellIn([program, ...args]: readonly string[]): string {
  return [program, ...args].join(' ');
}

it('runs git, which tests here need', () => {
  expect(spawnSync('git', ['--version']).status).toBe(0);
});
