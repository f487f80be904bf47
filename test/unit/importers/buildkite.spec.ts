import { importBuildkite } from '../../../lib/importers/buildkite/import';
import { fill, knownText, parseUpload } from '../../../lib/importers/buildkite/upload';
import { commandOf, compiled, foreign, needsOf, noteLines, refusal, sh } from './support';

const of = (text: string, given: Readonly<Record<string, string>> = {}) =>
  importBuildkite(foreign(text), { name: 'pipeline', given: new Map(Object.entries(given)) });

const steps = (text: string, given?: Readonly<Record<string, string>>) => of(`steps:\n${text}`, given);
const needs = (text: string, given?: Readonly<Record<string, string>>) =>
  needsOf(compiled(steps(text, given)));
const gates = (text: string) =>
  Object.fromEntries(
    compiled(steps(text)).nodes.map(({ id, trigger, when }) => [id, when ? [trigger, when] : trigger]),
  );
/** What the one step of a pipeline prints, and how it ends. */
const runs = (text: string, env: Record<string, string> = {}, given?: Readonly<Record<string, string>>) => {
  const graph = compiled(of(text, given));
  return sh(commandOf(graph, graph.nodes[0]!.id), env);
};
const notes = (text: string, given?: Readonly<Record<string, string>>) =>
  noteLines(of(text, given)).join('\n');

// https://buildkite.com/docs/pipelines/configure/step-types/wait-step
describe('a wait of Buildkite', () => {
  it('lets what follows begin when all before it has passed', () => {
    expect(
      needs(`
  - { command: one.sh, key: one }
  - { command: two.sh, key: two }
  - wait
  - { command: three.sh, key: three }
  - { command: four.sh, key: four }
  - waiter
  - { command: five.sh, key: five }`),
    ).toEqual({ one: [], two: [], three: ['one', 'two'], four: ['one', 'two'], five: ['three', 'four'] });
  });

  it('that continues on failure lets the next ones run, and not those behind another wait', () => {
    expect(
      gates(`
  - { command: x, key: first }
  - wait: ~
    continue_on_failure: true
  - { command: x, key: regardless }
  - wait: ~
  - { command: x, key: passed }`),
    ).toEqual({ first: 'all_success', regardless: 'all_done', passed: 'all_success' });
    expect(
      needs(`
  - { command: x, key: first }
  - { wait: ~, continue_on_failure: 'true' }
  - { command: x, key: regardless }
  - wait: ~
  - { command: x, key: passed }`)['passed'],
    ).toEqual(['first', 'regardless']);
  });

  it('that continues on failure lets nothing run behind a wait that did not pass', () => {
    const text = `
  - { command: x, key: first }
  - wait
  - { command: x, key: second }
  - { wait: ~, continue_on_failure: true }
  - { command: x, key: third }
  - { wait: ~, continue_on_failure: true }
  - { command: x, key: fourth }`;
    const ran = (id: string) => ['all_done', `results.\`${id}\`.status in ["succeeded", "failed"]`];
    expect(gates(text)).toEqual({
      ...{ first: 'all_success', second: 'all_success', third: ran('second'), fourth: ran('third') },
    });
  });

  it('right after another one keeps what that waits for', () => {
    expect(
      gates(`
  - { command: x, key: a }
  - wait
  - { wait: ~, continue_on_failure: true }
  - { command: x, key: b }`),
    ).toEqual({ a: 'all_success', b: 'all_success' });
    expect(
      needs('\n  - { command: x, key: a }\n  - wait\n  - wait\n  - { command: x, key: b }')['b'],
    ).toEqual(['a']);
  });

  it('that names what it waits for is waited for so, and says it', () => {
    const text = `
  - { command: x, key: a }
  - { command: x, key: b }
  - { wait: ~, key: w, depends_on: a }
  - { command: x, key: c }
  - { command: x, key: d, depends_on: [w, b] }`;
    expect(needs(text)).toMatchObject({ c: ['a'], d: ['a', 'b'] });
    expect(noteLines(steps(text)).join('\n')).toContain(
      'info steps[2].depends_on: what follows waits for what is named',
    );
  });
});

// https://buildkite.com/docs/pipelines/configure/depends-on
describe('a dependency of Buildkite', () => {
  it('stands in the place of waits, and may be none at all', () => {
    expect(
      needs(`
  - { command: x, key: a }
  - { command: x, id: b }
  - wait
  - { command: x, key: text, depends_on: a }
  - { command: x, key: list, depends_on: [a, { step: b }] }
  - { command: x, key: none, depends_on: ~ }
  - { command: x, key: empty, depends_on: [] }
  - { command: x, key: behind }`),
    ).toMatchObject({ text: ['a'], list: ['a', 'b'], none: [], empty: [], behind: ['a', 'b'] });
  });

  it('may fail, one by one or all', () => {
    expect(
      gates(`
  - { command: x, key: a }
  - { command: x, key: b }
  - { command: x, key: all, depends_on: [a, b], allow_dependency_failure: true }
  - { command: x, key: one, depends_on: [{ step: a, allow_failure: true }, b] }
  - { command: x, key: but, depends_on: [{ step: a, allow_failure: false }, b], allow_dependency_failure: true }`),
    ).toMatchObject({
      all: 'all_done',
      one: ['all_done', 'results.`b`.status = "succeeded"'],
      but: ['all_done', 'results.`a`.status = "succeeded"'],
    });
  });

  it('on a step that is left out is none', () => {
    expect(
      needs(
        `
  - { command: x, key: a, if: build.branch == "main" }
  - { command: x, key: b, skip: not now }
  - { command: x, key: c, depends_on: [a, b] }`,
        { 'build.branch': 'x' },
      ),
    ).toEqual({ c: [] });
  });

  it.each([
    [
      '- { command: x, depends_on: tests }\n- { command: x, key: test }',
      /depends_on: "tests" does not exist/,
    ],
    [
      '- { command: x, key: a, depends_on: [b] }\n- { command: x, key: b, depends_on: a }',
      /cycle.*a -> b -> a/,
    ],
    [
      '- { command: x, key: a }\n- { group: g, steps: [{ command: x, key: a }] }',
      /a is the key of two steps/,
    ],
  ])('that is wrong is refused with its place: %#', (text, message) => {
    expect(refusal(() => of(text.replace(/^/, 'steps:\n')))).toMatch(message);
  });
});

// https://buildkite.com/docs/pipelines/configure/step-types/group-step
it('a group of Buildkite waits as one, is waited for as one, and has waits of its own', () => {
  expect(
    needs(`
  - { command: x, key: tests }
  - wait
  - group: one
    steps: [{ command: x, key: a }, wait, { command: x, key: b }]
  - group: ~
    key: two
    depends_on: tests
    steps: [{ command: x, key: c }, wait, { command: x, key: d }, { command: x, key: e, depends_on: a }]
  - { command: x, key: yay, depends_on: two }
  - wait
  - { command: x, key: last }`),
  ).toEqual({
    ...{ tests: [], a: ['tests'], b: ['a'], c: ['tests'], d: ['c'], e: ['a', 'tests'] },
    ...{ yay: ['c', 'd', 'e'], last: ['a', 'b', 'c', 'd', 'e', 'yay'] },
  });
});

it('a block and an input of Buildkite ask nobody: the order stays, and a note says so', () => {
  const text = `
  - { command: x, key: built }
  - { block: Release!, key: release, fields: [{ text: Name, key: name }] }
  - { command: x, key: deploy }
  - { input: Who, key: who, depends_on: [] }
  - { command: x, key: after, depends_on: [who, release] }`;
  expect(needs(text)).toEqual({ built: [], deploy: ['built'], after: ['built'] });
  const lines = noteLines(steps(text)).join('\n');
  expect(lines).toMatch(/left-out steps\[1\]: nobody is asked.*`Release!` goes on/);
  expect(lines).toMatch(/left-out steps\[3\]: nobody is asked/);
});

it('a trigger of Buildkite is a node that fails and names the pipeline, in its place', () => {
  const imported = steps(
    '\n  - { command: x, key: a }\n  - wait\n  - { trigger: app-deploy, label: ":rocket: Go" }',
  );
  const graph = compiled(imported);
  expect(needsOf(graph)).toEqual({ a: [], Go: ['a'] });
  expect(sh(commandOf(graph, 'Go'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('app-deploy'),
  });
  expect(noteLines(imported).join('\n')).toContain(
    'changed steps[2].trigger: it triggers the pipeline app-deploy',
  );
});

// What github.com/buildkite/interpolate 0.1.5, which the agent uses, makes of the same.
it.each([
  ['$$A \\$A \\\\$A $(x)', '$A $A \\\\value $(x)'],
  ['${A:-d} ${NO-e} ${EMPTY:-f} ${EMPTY-g}', 'value e f '],
  ['$ $1 a$ $$', '$ $1 a$ $'],
  ['${A:1} ${A:1:2} ${A: -2} ${A:9} ${A:1:-1} $A_b', 'alue al ue  alu '],
  ['${NO:-${A:-x}} $${B:-y} $$(date)', 'value ${B:-y} $(date)'],
  ['$A$A"$A\'$A', 'valuevalue"value\'value'],
  ['${A}} {$A}', 'value} {value}'],
])('at upload %s is %s', (text, expected) => {
  const env: Readonly<Record<string, string>> = { A: 'value', EMPTY: '' };
  expect(knownText(fill(parseUpload(text), (name) => env[name] ?? null))).toBe(expected);
});

// https://buildkite.com/docs/agent/cli/reference/pipeline#environment-variable-substitution
describe('a command of Buildkite', () => {
  it.each([
    ['ends with the first line that fails', '[false, echo no]', { status: 1, stdout: '' }],
    ['keeps what its lines set', '[x=1, "cd /", "echo $$x $$PWD"]', { status: 0, stdout: '1 /\n' }],
    ['is for bash', "['[[ a == a* ]] && echo yes']", { status: 0, stdout: 'yes\n' }],
    ['has no pipefail', "['false | echo go']", { status: 0, stdout: 'go\n' }],
  ])('%s', (_, commands, expected) => {
    expect(runs(`steps: [{ commands: ${commands} }]`)).toMatchObject(expected);
  });

  it('has put in what the upload knows: variables of the pipeline, in their order, and what is told', () => {
    const text = `
env: { A: one two, B: "\${A}!", C: '\${GIVEN:-none}' }
steps: [{ command: 'printf "%s|" $A "$B" $$A "\${NO:-\${A}}" ''\${C:1:3}''' }]`;
    expect(runs(text, {}, { GIVEN: 'given', NO: 'null' }).stdout).toBe(
      'one|two|one two!|one|two|one two|ive|',
    );
    expect(notes(text, { GIVEN: 'given', NO: 'null' })).not.toContain('put in at upload');
  });

  it('reads where it runs what nobody told, also in single quotes, and says so', () => {
    const text = `steps: [{ command: "printf '%s|' \\"$X\\" '<$X>' \${X:-no} $\${Y:-runtime}" }]`;
    expect(runs(text, { X: 'a b' }).stdout).toBe('a b|<a b>|a|b|runtime|');
    expect(runs(text).stdout).toBe('|<>|no|runtime|');
    expect(notes(text)).toMatch(/changed steps\[0\]\.command: \$X is put in at upload: .*--env X/);
  });

  it('that needs what nobody told where a shell reads nothing fails and says so', () => {
    const text = "steps:\n- command: |\n    cat <<'EOF'\n    $X\n    EOF";
    expect(runs(text)).toMatchObject({ status: 1, stderr: expect.stringContaining('$X stands where') });
    expect(runs(text, {}, { X: 'told' }).stdout).toBe('told\n');
  });

  it('keeps what an upload would refuse, with a note', () => {
    const text = "steps: [{ command: 'f=a.txt; echo ${f%.txt}' }]";
    expect(runs(text).stdout).toBe('a\n');
    expect(notes(text)).toContain('an upload refuses a `${` in it');
  });

  it('has the variables of the step before those of the pipeline, and says where the upload would not', () => {
    const text =
      'env: { A: outer, B: b }\nsteps: [{ command: \'echo "$A $$A $$B $MINE"\', env: { A: inner, MINE: "it\'s" } }]';
    expect(runs(text).stdout).toBe("outer inner b it's\n");
    expect(notes(text)).toMatch(
      /changed steps\[0\]\.command: \$MINE is put in at upload, before the step has its own MINE/,
    );
  });

  it('has what variables of the pipeline read of others, where the step replaces these', () => {
    const text = 'env: { A: "$X", B: "<$A>" }\nsteps: [{ command: echo $$A "$$B", env: { A: own } }]';
    expect(runs(text, { X: 'x' }).stdout).toBe('own <x>\n');
  });

  it('knows its key, its label and which retry it is', () => {
    const command =
      'echo $$BUILDKITE_STEP_KEY $$BUILDKITE_LABEL $$BUILDKITE_RETRY_COUNT $$BUILDKITE_BUILD_ID';
    const text = `steps: [{ key: k, label: ':x: L', command: '${command}' }]`;
    expect(runs(text, { REPRISE_ATTEMPT: '3' }).stdout).toBe('k L 2\n');
    expect(notes(text)).toContain("BUILDKITE_BUILD_ID is a variable of Buildkite's agent");
  });

  it('that has placeholders of graphs in it fails and says so', () => {
    expect(runs("steps: [{ command: 'echo {{ index }}' }]")).toMatchObject({ status: 1, stdout: '' });
    expect(runs("steps: [{ command: 'echo {{.Name}}' }]").stdout).toBe('{{.Name}}\n');
  });

  it('that speaks to the agent says what that comes to', () => {
    const lines = notes(
      'steps: [{ commands: [buildkite-agent pipeline upload x.yml, buildkite-agent artifact upload x] }]',
    );
    expect(lines).toContain('the steps that it uploads are not in this graph');
    expect(lines).toContain('`buildkite-agent artifact upload` is there on Buildkite only');
  });
});

// https://buildkite.com/docs/pipelines/configure/workflows/build-matrix
describe('a matrix of Buildkite', () => {
  it('of a list is a node for each value, in its commands, variables, label and agents', () => {
    const imported = steps(`
  - label: ':go: {{matrix}} build'
    command: echo {{matrix}} $$OS
    env: { OS: '{{ matrix }}' }
    agents: { os: '{{matrix}}' }
    matrix: [linux, mac os]`);
    const graph = compiled(imported);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['linux-build', 'mac-os-build']);
    expect(sh(commandOf(graph, 'mac-os-build')).stdout).toBe('mac os mac os\n');
    expect(graph.nodes.map(({ labels }) => labels)).toEqual([['os=linux'], []]);
    expect(noteLines(imported).join('\n')).toContain('os=mac os is no label');
  });

  it('has its adjustments: one less, one more, one that may fail', () => {
    const imported = steps(`
  - key: m
    command: exit 1
    matrix:
      setup: { arch: [amd64, arm64], os: [linux, windows] }
      adjustments:
        - { with: { os: windows, arch: arm64 }, skip: true }
        - { with: { os: plan9, arch: arm64 }, soft_fail: true }
  - wait
  - { command: x, key: after }`);
    const graph = compiled(imported);
    const ids = ['m-amd64-linux', 'm-amd64-windows', 'm-arm64-linux', 'm-arm64-plan9'];
    expect(needsOf(graph)).toMatchObject({ after: ids });
    const allowed = graph.nodes.filter(({ allowFailure }) => allowFailure).map(({ id }) => id);
    expect(allowed).toEqual(['m-arm64-plan9']);
  });

  it('leaves out, or lets fail, all jobs that part of an adjustment fits', () => {
    const imported = steps(`
  - key: m
    command: exit 1
    matrix:
      setup: { arch: [a, b], os: [x, none] }
      adjustments: [{ with: { os: none }, skip: true }, { with: { arch: b }, soft_fail: true }]`);
    const graph = compiled(imported);
    expect(graph.nodes.map(({ id, allowFailure }) => [id, allowFailure])).toEqual([
      ['m-a-x', undefined],
      ['m-b-x', true],
    ]);
  });

  it.each([
    ['{ command: "{{matrix.os}}", matrix: [a] }', /\{\{matrix\.os\}\} is not in the matrix/],
    [
      '{ command: x, matrix: { setup: { a: [1] }, adjustments: [{ with: { b: 1 } }] } }',
      /with: needs a value for each of a/,
    ],
    ['{ command: x, matrix: [a], parallelism: 2 }', /`matrix` and `parallelism` exclude each other/],
  ])('that is wrong is refused with its place: %#', (step, message) => {
    expect(refusal(() => of(`steps: [${step}]`))).toMatch(message);
  });
});

it('parallelism of Buildkite is shards, and commands know which one they are', () => {
  const imported = steps(`
  - { key: t, command: 'echo $$BUILDKITE_PARALLEL_JOB/$$BUILDKITE_PARALLEL_JOB_COUNT', parallelism: 2 }
  - { key: none, command: x, parallelism: 0 }
  - { key: given, command: x, parallelism: '\${N:-3}' }
  - wait
  - { key: after, command: x }`);
  const graph = compiled(imported);
  expect(graph.nodes.map(({ id }) => id)).toEqual(['t-1', 't-2', 'given-1', 'given-2', 'given-3', 'after']);
  expect(sh(commandOf(graph, 't-2')).stdout).toBe('1/2\n');
  expect(needsOf(graph)['after']).toEqual(['t-1', 't-2', 'given-1', 'given-2', 'given-3']);
  expect(noteLines(imported).join('\n')).toMatch(/changed steps\[2\]\.parallelism: \$\{N:-3\} .*gives "3"/);
});

// https://buildkite.com/docs/pipelines/configure/retry
describe('a retry of Buildkite', () => {
  it.each([
    ['{ automatic: true }', { maxAttempts: 3, on: 'any', strategy: 'fixed', initialDelayMs: 0 }],
    ['{ automatic: { limit: 1 } }', { maxAttempts: 2, on: 'any' }],
    [
      '{ automatic: [{ exit_status: -1, limit: 5 }, { exit_status: "*", limit: 4 }] }',
      { maxAttempts: 5, on: 'any' },
    ],
    ['{ automatic: [{ signal_reason: agent_stop, limit: 9 }] }', { maxAttempts: 1 }],
    ['{ automatic: [{ exit_status: [5, 6], limit: 3 }] }', { maxAttempts: 4 }],
    ['{ automatic: { exit_status: 1, limit: 0 } }', { maxAttempts: 1 }],
    ['{ automatic: false, manual: false }', { maxAttempts: 1 }],
  ])('%s is what comes nearest', (retry, expected) => {
    expect(compiled(steps(`\n  - { command: x, retry: ${retry} }`)).nodes[0]?.retry).toMatchObject(expected);
  });

  it('by exit statuses leaves it to the class of the failure', () => {
    const [step] = compiled(steps('\n  - { command: x, retry: { automatic: { exit_status: 5 } } }')).nodes;
    expect(step?.retry).not.toHaveProperty('on');
  });

  it.each([
    [
      '{ automatic: [{ exit_status: 5 }] }',
      'changed steps[0].retry.automatic: what is tried again is decided by the class',
    ],
    [
      '{ automatic: [{ exit_status: 5 }, {}] }',
      'changed steps[0].retry.automatic: exit statuses are not told apart',
    ],
    [
      '{ automatic: [{ exit_status: -1 }] }',
      'info steps[0].retry.automatic[0]: an attempt that is lost with its worker',
    ],
    ['{ manual: { allowed: false } }', 'left-out steps[0].retry.manual: who may try it again by hand'],
    ['{ automatic: { limit: many } }', 'changed steps[0].retry.automatic: the limit many is no number'],
  ])('%s says what of it is otherwise', (retry, expected) => {
    expect(notes(`steps: [{ command: x, retry: ${retry} }]`)).toContain(expected);
  });
});

// https://buildkite.com/docs/pipelines/configure/soft-fail
describe('a soft failure of Buildkite', () => {
  it.each([
    ['[{ exit_status: 1 }, { exit_status: 42 }]', [0, 0, 3]],
    ['[{ exit_status: 0 }]', [1, 42, 3]],
  ])('%s is a success where it ends so, and says so', (soft, expected) => {
    const ended = [1, 42, 3].map(
      (status) => runs(`steps: [{ command: exit ${status}, soft_fail: ${soft} }]`).status,
    );
    expect(ended).toEqual(expected);
    expect(runs(`steps: [{ command: echo fine, soft_fail: ${soft} }]`)).toMatchObject({
      status: 0,
      stdout: 'fine\n',
    });
    expect(notes(`steps: [{ command: x, soft_fail: ${soft} }]`).includes('.soft_fail: ')).toBe(
      expected[0] === 0,
    );
  });

  it.each([
    ['true', true],
    ['"true"', true],
    ['[{ exit_status: "*" }]', true],
    ['[{ exit_status: 1 }, { exit_status: "*" }]', true],
    ['false', undefined],
    ['"false"', undefined],
  ])('%s lets a node fail as the graph itself says it, or does not', (soft, expected) => {
    const text = `steps: [{ command: exit 3, soft_fail: ${soft} }]`;
    const [node] = compiled(of(text)).nodes;
    expect([node!.allowFailure, runs(text).status]).toEqual([expected, 3]);
    expect(notes(text)).not.toContain('soft_fail');
  });

  it('does not let a node fail that is there in place of what cannot be a command', () => {
    const [node] = compiled(of('steps: [{ plugins: [{ docker#v5: null }], soft_fail: true }]')).nodes;
    expect(node).not.toHaveProperty('allowFailure');
  });

  it('is one only after the last retry', () => {
    const text = 'steps: [{ command: exit 1, soft_fail: [{ exit_status: 1 }], retry: { automatic: true } }]';
    expect(['1', '2', '3'].map((REPRISE_ATTEMPT) => runs(text, { REPRISE_ATTEMPT }).status)).toEqual([
      1, 1, 0,
    ]);
  });
});

// https://buildkite.com/docs/pipelines/configure/conditionals
describe('a condition of Buildkite', () => {
  const told = {
    'build.branch': 'main',
    BUILDKITE_TAG: 'null',
    'build.number': '7',
    'build.message': 'fix [skip tests]',
    BUILDKITE_PULL_REQUEST: 'false',
    'build.pull_request.draft': 'false',
    'build.pull_request.labels': 'a,b',
    DEPLOY: 'yes',
  };
  const ids = (condition: string, given: Readonly<Record<string, string>> = told) => {
    const quoted = JSON.stringify(condition);
    return compiled(steps(`\n  - { command: x, key: a }\n  - { command: x, key: b, if: ${quoted} }`, given))
      .nodes.length;
  };

  it.each([
    ['build.branch == "main"', true],
    ["build.branch != 'main'", false],
    ['build.tag == null && build.number == 7', true],
    ['build.tag =~ /^v/', false],
    ['build.tag !~ /^v/', true],
    ['build.message =~ /\\[SKIP TESTS\\]/i', true],
    ['!build.pull_request.draft', true],
    ['build.pull_request.id == null', true],
    ['build.pull_request.labels includes "b"', true],
    ['["main", "x"] includes build.branch', true],
    ['build.env("DEPLOY") == "yes" && env("BUILDKITE_BRANCH") == "main"', true],
    ['build.env("BUILDKITE_TAG") == null ? false : true', false],
    ['false && (build.source == "ui" || true)', false],
    ['true || build.source == "ui"', true],
    ['// on main\n build.branch =~ /^ma.n$$/ // only', true],
    ['build.branch == "$BUILDKITE_BRANCH"', true],
    ['true || false && false', true],
  ])('%s is decided by what is told', (condition, holds) => {
    expect(ids(condition)).toBe(holds ? 2 : 1);
  });

  it.each([
    ['build.source == "schedule"', 'runs whether or not this holds'],
    ['build.branch == "$OTHER"', 'runs whether or not this holds'],
    ['build.creator.teams includes "x" && true', 'runs whether or not this holds'],
    ['build.message =~ /\\Afix/', 'runs whether or not this holds'],
    ['build.branch', 'is no condition that is known here'],
    ['build.branch == 7', 'is no condition that is known here'],
    ['build.branch =~ "main"', 'is no condition that is known here'],
    ['build.branch == "main" and true', 'is no condition that is known here'],
    ['(true', 'is no condition that is known here'],
    ['nothing("x")', 'is no condition that is known here'],
  ])('%s is not decided in silence: the step runs', (condition, expected) => {
    const text = `steps: [{ command: x, key: a, if: ${JSON.stringify(condition)} }]`;
    expect(compiled(of(text, told)).nodes).toHaveLength(1);
    expect(notes(text, told)).toContain(`left-out steps[0].if: the step runs`);
    expect(notes(text, told)).toContain(expected);
  });

  it('of a wait leaves that out', () => {
    const text =
      '\n  - { command: x, key: a }\n  - { wait: ~, if: build.branch == "x" }\n  - { command: x, key: b }';
    expect(needs(text, told)['b']).toEqual([]);
    expect(needs(text)['b']).toEqual(['a']);
  });

  // https://buildkite.com/docs/pipelines/configure/workflows/branch-configuration
  it.each([
    ['main', 'main', true],
    ['!production', 'main', true],
    ['main features/*', 'features/x', true],
    ['*-test', 'rails-update-test', true],
    ['stages/* !stages/production', 'stages/production', false],
    ['v*.0', 'v1.0', true],
    ['v*.0', 'v1x0', false],
    ['[main, x]', 'x', true],
  ])('of branches, %s, is decided for %s', (branches, branch, isIn) => {
    const value = branches.startsWith('[') ? branches : JSON.stringify(branches);
    const text = `\n  - { command: x, key: a }\n  - { command: x, key: b, branches: ${value} }`;
    expect(Object.keys(needs(text, { BUILDKITE_BRANCH: branch })).includes('b')).toBe(isIn);
    expect(noteLines(steps(text)).join('\n')).toContain(
      'left-out steps[1].branches: the step runs whether or not',
    );
  });
});

describe('a step of Buildkite', () => {
  it('has its agents, limits, secrets and concurrency', () => {
    const imported = of(`
agents: { queue: default }
secrets: [TOKEN]
steps:
  - { key: a, command: x, timeout_in_minutes: 1.5, secrets: { API: their-api } }
  - { key: b, command: x, agents: [queue=deploy, ruby=2*, 'os=$OS'], timeout: 10, concurrency: 2, concurrency_group: app/deploy }`);
    const [a, b] = compiled(imported).nodes;
    expect(a).toMatchObject({
      labels: ['queue=default'],
      timeoutMs: 90_000,
      work: { secrets: ['API', 'TOKEN'] },
    });
    expect(b).toMatchObject({ labels: ['queue=deploy'], timeoutMs: 600_000 });
    expect(b?.concurrency).toEqual({ key: 'app/deploy', limit: 2 });
    const lines = noteLines(imported).join('\n');
    expect(lines).toContain('changed steps[0].secrets: the secret their-api is the secret API of the node');
    expect(lines).toContain('left-out steps[1].agents: ruby=2* is no label');
    expect(lines).toContain('left-out steps[1].agents: os= is no label');
    expect(lines).toContain('changed steps[1].concurrency: 2 at a time holds in one pool');
  });

  it('leaves its plugins out by name; test results that one collects are reports', () => {
    const imported = of(`
env: { OWN: https://example.com/org/own-buildkite-plugin.git#v1 }
steps:
  - command: npm test
    plugins:
      - docker#v5.1.0: { image: node }
      - test-collector#v1.0.0: { files: 'out/junit-*.xml', format: junit }
      - junit-annotate#v2.0.0: { artifacts: ../x.xml }
      - $OWN
  - plugins: { docker-compose#v4: { build: app }, junit-annotate#v2.0.0: { artifacts: x.xml } }`);
    const graph = compiled(imported);
    expect(graph.nodes.map(({ work }) => work.reports)).toEqual([[{ path: 'out/junit-*.xml' }], undefined]);
    expect(sh(commandOf(graph, graph.nodes[1]!.id))).toMatchObject({
      ...{
        status: 1,
        stderr: expect.stringContaining('only plugins run in it: docker-compose#v4, junit-annotate#v2'),
      },
    });
    const lines = noteLines(imported).join('\n');
    expect(lines).toMatch(
      /left-out steps\[0\]\.plugins\[0\]: the plugin docker#v5\.1\.0 .*the worker itself \(with .*node/,
    );
    expect(lines).toContain('info steps[0].plugins[1]: out/junit-*.xml are reports');
    expect(lines).toContain('left-out steps[0].plugins[2]: ../x.xml cannot be reports');
    expect(lines).toContain('left-out steps[0].plugins[3]: the plugin https://example.com/org/own');
  });

  it('leaves nothing out without a note', () => {
    const keys =
      'artifact_paths priority notify cancel_on_build_failing cache image checkout if_changed concurrency_method'.split(
        ' ',
      );
    const lines = notes(
      `notify: []\nx-own: 1\nsteps: [{ command: x, ${keys.map((key) => `${key}: x`).join(', ')} }]`,
    );
    for (const key of keys) expect(lines).toContain(`left-out steps[0].${key}: `);
    expect(lines).toContain('left-out notify: ');
    expect(lines).toContain('left-out x-own: `x-own`: is no key of a pipeline');
  });

  it('takes what an anchor holds, its own keys first', () => {
    const graph = compiled(
      of(
        '.base: &base { timeout_in_minutes: 1, retry: { automatic: true } }\nsteps: [{ <<: *base, command: x, timeout_in_minutes: 2 }]',
      ),
    );
    expect(graph.nodes[0]).toMatchObject({ timeoutMs: 120_000, retry: { maxAttempts: 3 } });
  });
});

describe('a pipeline of Buildkite', () => {
  it('may be a list of steps, with places in it', () => {
    const imported = of('- { command: x, priority: 1 }\n- wait\n- { command: y }');
    expect(needsOf(compiled(imported))).toEqual({ x: [], y: ['x'] });
    expect(imported.notes[0]).toMatchObject({ path: '[0].priority', line: 1 });
  });

  it.each([
    ['steps: []', /steps: no step comes to a command/],
    ['steps: [wait]', /no step comes to a command/],
    ['env: {}', /steps: is missing/],
    ['steps: [sleep]', /steps\[0\]: is no step/],
    ['steps: [{ label: x }]', /steps\[0\]: is no step: it has none of command, wait/],
    ['steps: [{ command: { a: b } }]', /steps\[0\]\.command: expected text or a list/],
    ['steps: [{ command: x, soft_fail: { a: 1 } }]', /soft_fail: expected true, or a list of exit statuses/],
    [
      'steps: [{ group: a, steps: [{ group: b, steps: [] }] }]',
      /steps\[0\]\.steps\[0\].*: is no step that a group may have/,
    ],
    ['steps: [{ command: x, skip: true }]', /no step comes to a command/],
  ])('that is malformed is refused with its place: %#', (text, message) => {
    expect(refusal(() => of(text))).toMatch(message);
  });
});
