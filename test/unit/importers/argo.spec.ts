import { importArgo } from '../../../lib/importers/argo/import';
import { commandOf, compiled, foreign, needsOf, noteLines, refusal, sh } from './support';

const of = (text: string, given?: ReadonlyMap<string, string>) =>
  importArgo(foreign(text), { name: 'given', ...(given ? { given } : {}) });

/** A workflow whose entrypoint is `main`, with templates that pass, fail and say what they are told. */
const workflow = (main: string, more = '') => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { generateName: shop- }
spec:
  entrypoint: main
${more}
  templates:
  - name: main
${main.replace(/^/gm, '    ')}
  - { name: pass, script: { image: alpine, command: [sh], source: exit 0 } }
  - { name: fail, script: { image: alpine, command: [sh], source: exit 1 } }
  - { name: coin, script: { image: alpine, command: [sh], source: echo heads } }
  - name: say
    inputs: { parameters: [{ name: message, default: hello }] }
    container: { image: alpine, command: [printf, '%s', '{{inputs.parameters.message}}'] }
`;

const dag = (tasks: string, more = '') => of(workflow(`dag:\n  tasks:\n${tasks.replace(/^/gm, '  ')}`, more));
const gates = (imported: ReturnType<typeof of>) =>
  Object.fromEntries(
    compiled(imported).nodes.map(({ id, trigger, when }) => [id, when ? [trigger, when] : trigger]),
  );

// https://argo-workflows.readthedocs.io/en/latest/walk-through/dag/
describe('a DAG of Argo Workflows', () => {
  it('becomes a node per task, in the order that `dependencies` and `depends` give', () => {
    const graph = compiled(
      dag(`
- { name: A, template: pass }
- { name: B, template: pass, dependencies: [A] }
- { name: C, template: pass, depends: A }
- { name: D, template: pass, depends: B && C }`),
    );
    expect(graph.name).toBe('shop');
    expect(needsOf(graph)).toEqual({ A: [], B: ['A'], C: ['A'], D: ['B', 'C'] });
    expect(graph.nodes.every(({ trigger, when }) => trigger === 'all_success' && when === undefined)).toBe(
      true,
    );
    expect(graph.nodes[0]?.timeoutMs).toBe(1_209_600_000);
  });

  // https://argo-workflows.readthedocs.io/en/latest/enhanced-depends-logic/
  it('reads results of `depends` as the documentation has them', () => {
    const imported = dag(`
- { name: A, template: pass }
- { name: B, template: fail, depends: A }
- { name: ok, template: pass, depends: A.Succeeded }
- { name: bad, template: pass, depends: B.Failed }
- { name: either, template: pass, depends: 'A || B.Failed' }
- { name: both, template: pass, depends: '(A.Succeeded || A.Skipped) && !B.Failed' }
- { name: omitted, template: pass, depends: B.Omitted }
- { name: daemoned, template: pass, depends: A.Daemoned }`);
    const failed = 'results.`B`.status in ["failed", "cancelled"]';
    expect(gates(imported)).toMatchObject({
      ok: ['all_done', 'results.`A`.status = "succeeded"'],
      bad: ['all_done', failed],
      either: ['all_done', `(results.\`A\`.status = "succeeded" or ${failed})`],
      both: ['all_done', `(results.\`A\`.status = "succeeded" and $not(${failed}))`],
      omitted: ['all_done', '$not(results.`A`.status = "succeeded")'],
      daemoned: ['all_done', 'false'],
    });
    expect(noteLines(imported).join('\n')).toContain('a node that has failed fails the job');
  });

  it('lets what a condition skipped count as good, and what was omitted not', () => {
    const imported = dag(`
- { name: flip, template: coin }
- { name: heads, template: pass, depends: flip, when: '{{tasks.flip.outputs.result}} == heads' }
- { name: after, template: pass, depends: heads }
- { name: handler, template: pass, depends: flip.Failed }
- { name: below, template: pass, depends: handler }`);
    expect(gates(imported)).toMatchObject({
      heads: ['all_success', 'results.`flip`.outputs.result = "heads"'],
      after: 'none_failed',
      below: ['all_done', 'results.`handler`.status = "succeeded"'],
    });
  });

  it('goes on after `continueOn`, and says that the job fails all the same', () => {
    const imported = dag(`
- { name: a, template: fail, continueOn: { failed: true } }
- { name: b, template: pass, dependencies: [a] }`);
    expect(gates(imported)['b']).toEqual([
      'all_done',
      '(results.`a`.status = "succeeded" or results.`a`.status in ["failed", "cancelled"])',
    ]);
    expect(noteLines(imported).join('\n')).toMatch(
      /changed .*continueOn: a node that has failed fails the job/,
    );
  });

  it('stands in another one, gated by what that depends on and before what follows it', () => {
    const text = workflow(
      `dag:\n  tasks:\n  - { name: a, template: pass }\n  - { name: in, template: inner, depends: a }\n  - { name: z, template: pass, depends: in }`,
    ).replace(
      '  - { name: pass,',
      '  - name: inner\n    dag: { tasks: [{ name: x, template: pass }, { name: y, template: pass, depends: x }] }\n  - { name: pass,',
    );
    expect(needsOf(compiled(of(text)))).toEqual({ a: [], 'in-x': ['a'], 'in-y': ['in-x'], z: ['in-y'] });
  });

  it('whose formulas would grow without end is imported with less, and says so', () => {
    const tasks = Array.from({ length: 40 }, (_, i) =>
      i === 0
        ? '- { name: t0, template: coin }'
        : `- { name: t${i}, template: pass, dependencies: [t${i - 1}], continueOn: { failed: true }, when: '{{tasks.t0.outputs.result}} == x' }`,
    );
    const imported = dag(`\n${tasks.join('\n')}`);
    expect(compiled(imported).nodes).toHaveLength(40);
    expect(noteLines(imported).join('\n')).toContain('is longer than a condition may be');
  });
});

// https://argo-workflows.readthedocs.io/en/latest/walk-through/steps/
describe('steps of Argo Workflows', () => {
  it('run group after group, those of a group at once', () => {
    const graph = compiled(
      of(
        workflow(`steps:
- - { name: one, template: pass }
- - { name: two-a, template: pass }
  - { name: two-b, template: pass }
- - { name: never, template: pass, when: 'false' }
- - { name: three, template: pass }`),
      ),
    );
    expect(needsOf(graph)).toEqual({
      ...{ one: [], 'two-a': ['one'], 'two-b': ['one'] },
      three: ['two-a', 'two-b'],
    });
  });

  // https://argo-workflows.readthedocs.io/en/latest/walk-through/loops/
  it('are repeated over items, over JSON and over a sequence, with each item put in', () => {
    const graph = compiled(
      of(
        workflow(
          `steps:
- - { name: i, template: say, arguments: { parameters: [{ name: message, value: '<{{item}}>' }] }, withItems: [a, 2] }
- - { name: o, template: say, arguments: { parameters: [{ name: message, value: '{{item.os}}' }] }, withItems: [{ os: linux }] }
- - { name: p, template: say, arguments: { parameters: [{ name: message, value: '{{item}}' }] }, withParam: '{{workflow.parameters.list}}' }
- - { name: s, template: say, arguments: { parameters: [{ name: message, value: '{{item}}' }] }, withSequence: { start: 3, end: 1, format: 'n%02d' } }
- - { name: c, template: say, arguments: { parameters: [{ name: message, value: '{{item}}' }] }, withSequence: { count: '2' } }`,
          `  arguments: { parameters: [{ name: list, value: '["x y", {"k":1}]' }] }`,
        ),
      ),
    );
    expect(graph.nodes.map(({ id }) => sh(commandOf(graph, id)).stdout)).toEqual([
      ...['<a>', '<2>', 'linux', 'x y', '{"k":1}', 'n03', 'n02', 'n01', '0', '1'],
    ]);
  });

  it('are repeated over what an earlier one prints, item by item', () => {
    const text = workflow(`steps:
- - { name: gen, template: list }
- - { name: each, template: say, arguments: { parameters: [{ name: message, value: '{{item.id}}!' }] }, withParam: '{{steps.gen.outputs.result}}' }`).replace(
      '  - { name: pass,',
      `  - { name: list, script: { image: x, command: [sh], source: 'printf "[{\\"id\\":\\n 7}]"' } }\n  - { name: pass,`,
    );
    const graph = compiled(of(text));
    expect(graph.nodes[1]).toMatchObject({ id: 'each', forEach: 'results.`gen`.outputs.items' });
    expect(sh(commandOf(graph, 'gen'))).toMatchObject({
      status: 0,
      outputs: { outputs: { items: [{ id: 7 }] } },
    });
    expect(sh(commandOf(graph, 'each'), { REPRISE_ITEM_ID: 'a b' }).stdout).toBe('a b!');
  });
});

describe('a command of Argo Workflows', () => {
  const template = (body: string, more = '') => {
    const text = `
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: { name: t }
spec:
${more}
  templates:
  - name: only
${body.replace(/^/gm, '    ')}`;
    const imported = of(text);
    return { imported, run: commandOf(compiled(imported), 'only') };
  };

  it('of a container is its words, none of which a shell reads', () => {
    const { run } = template(
      `container: { image: x, command: [printf, '%s|', "a'b"], args: ['$HOME', '', 'x;y'] }`,
    );
    expect(sh(run).stdout).toBe("a'b|$HOME||x;y|");
  });

  it('of a shell is its code, whose status is that of the node', () => {
    const { run } = template(`container: { image: x, command: [sh, -ec], args: ['false; echo no'] }`);
    expect(sh(run)).toMatchObject({ status: 1, stdout: '' });
  });

  it('of a script is run by what it names, with its own standard input', () => {
    const { run } = template(
      'script: { image: x, command: [python3], source: "import sys\\nprint(6 * 7)\\nsys.exit(3)\\n" }',
    );
    expect(sh(run)).toMatchObject({ status: 3, stdout: '42\n' });
    const shell = template("script: { image: x, command: [sh, -c], source: 'x=1\n\n      echo $x; exit 5' }");
    expect(sh(shell.run)).toMatchObject({ status: 5, stdout: '1\n' });
  });

  it('whose output is asked for hands it on, prints it, and fails as it did', () => {
    const graph = compiled(
      dag(`
- { name: flip, template: coin }
- { name: heads, template: pass, depends: flip, when: '{{tasks.flip.outputs.result}} == heads' }`),
    );
    expect(sh(commandOf(graph, 'flip'))).toMatchObject({
      ...{ status: 0, stdout: 'heads\n' },
      outputs: { outputs: { result: 'heads' } },
    });
    const failing = compiled(
      dag(`
- { name: f, template: fail }
- { name: g, template: pass, depends: f.Failed, when: '{{tasks.f.outputs.result}} == x' }`),
    );
    expect(sh(commandOf(failing, 'f')).status).toBe(1);
  });

  it('reads a parameter without a value where it runs, and fails without it', () => {
    const { run } = template(
      `inputs: { parameters: [{ name: who, value: '{{workflow.parameters.who}}' }] }\ncontainer: { image: x, command: [sh, -c, 'echo "hi {{inputs.parameters.who}}"'] }`,
      '  arguments: { parameters: [{ name: who }] }',
    );
    expect(sh(run, { REPRISE_PARAM_WHO: '$(id)' }).stdout).toBe('hi $(id)\n');
    expect(sh(run).status).not.toBe(0);
  });

  it.each([
    [
      'a value that only Argo has',
      "container: { image: x, command: [echo, '{{tasks.a.outputs.parameters.b}}'] }",
    ],
    ['an expression', 'container: { image: x, command: [echo, "{{=sprig.trim(inputs.parameters.b)}}"] }'],
    ['a status', "container: { image: x, command: [sh, -c, 'exit {{workflow.status}}'] }"],
    ['the entrypoint of an image', 'container: { image: x, args: [test] }'],
    ['a script without a command', 'script: { image: x, source: exit 0 }'],
    ['a script without a source', 'script: { image: x, command: [sh] }'],
    ['a resource', 'resource: { action: create, manifest: x }'],
    ['a request', 'http: { url: https://example.com }'],
    ['a set of containers', 'containerSet: { containers: [{ name: main, image: x }] }'],
    [
      'a variable in single quotes',
      `inputs: { parameters: [{ name: n, value: '{{workflow.name}}' }] }\ncontainer: { image: x, command: [sh, -c, "echo '{{inputs.parameters.n}}'"] }`,
    ],
    [
      'a variable in code of another language',
      'script: { image: x, command: [python3], source: \'print("{{workflow.name}}")\' }',
    ],
    [
      'an environment that only Argo has',
      "container: { image: x, command: [env], env: [{ name: A, value: '{{pod.name}}' }] }",
    ],
  ])('that has %s fails and says so, in place of running with less', (_, body) => {
    const { imported, run } = template(body);
    expect(sh(run)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^not imported: /) });
    expect(noteLines(imported).join('\n')).toMatch(/changed spec\.templates\[0\].*: the node fails until/);
  });

  it('has its variables, and its secrets by name', () => {
    const { imported, run } = template(`container:
  image: x
  command: [sh, -c, 'echo "$A/$B"']
  env:
  - { name: A, value: it's }
  - { name: B, valueFrom: { secretKeyRef: { name: s, key: k } } }`);
    expect(sh(run, { B: 'hidden' }).stdout).toBe("it's/hidden\n");
    expect(imported.graph.nodes[0]?.secrets).toEqual(['B']);
  });

  // https://argo-workflows.readthedocs.io/en/latest/retries/
  it.each([
    ["{ limit: '3' }", { maxAttempts: 4, strategy: 'fixed' }],
    ['{ limit: 2, backoff: { duration: 10s } }', { maxAttempts: 3, initialDelayMs: 10_000 }],
    [
      "{ limit: 3, backoff: { duration: '1', factor: '3', cap: 5s } }",
      { strategy: 'custom', delaysMs: [1_000, 3_000, 5_000] },
    ],
    ['{ limit: 3, retryPolicy: OnError }', { maxAttempts: 1 }],
    ["{ limit: 3, expression: 'asInt(lastRetry.exitCode) > 1' }", { maxAttempts: 1 }],
    ['{}', { maxAttempts: 100 }],
  ])('is tried again as %s has it', (retry, expected) => {
    const { imported } = template(`retryStrategy: ${retry}\ncontainer: { image: x, command: [x] }`);
    expect(compiled(imported).nodes[0]?.retry).toMatchObject(expected);
  });
});

// https://argo-workflows.readthedocs.io/en/latest/walk-through/conditionals/
describe('a condition of Argo Workflows', () => {
  it.each([
    ['a == a', true],
    ["'a' != 'b' && 2 > 1", true],
    ['10 < 9', false],
    ['!(true) || 1 == 1.0', true],
    ['{{workflow.parameters.on}} == true', true],
    ['{{workflow.parameters.on}} != true', false],
    ['false', false],
  ])('%s is decided while importing', (when, runs) => {
    const imported = dag(
      `\n- { name: a, template: pass }\n- { name: b, template: pass, when: ${JSON.stringify(when)} }`,
      `  arguments: { parameters: [{ name: 'on', value: true }] }`,
    );
    expect(compiled(imported).nodes.map(({ id }) => id)).toEqual(runs ? ['a', 'b'] : ['a']);
  });

  it.each([
    ['{{tasks.a.outputs.result}} > 5', '$number(results.`a`.outputs.result) > 5'],
    ['{{tasks.a.outputs.result}} != x', '$not(results.`a`.outputs.result = "x")'],
    ['"{{tasks.a.outputs.result}}" == "x y" || 1 == 2', 'results.`a`.outputs.result = "x y"'],
  ])('%s is left to the graph', (when, jsonata) => {
    const imported = dag(
      `\n- { name: a, template: coin }\n- { name: b, template: pass, depends: a, when: ${JSON.stringify(when)} }`,
    );
    expect(gates(imported)['b']).toEqual(['all_success', jsonata]);
  });

  it.each(['{{=len(item) > 1}}', '{{tasks.a.outputs.parameters.p}} == x', 'a =~ b', "true == 'true'"])(
    '%s is only known to Argo: the node runs, and a note says so',
    (when) => {
      const imported = dag(
        `\n- { name: a, template: pass }\n- { name: b, template: pass, depends: a, when: ${JSON.stringify(when)} }`,
      );
      expect(gates(imported)['b']).toBe('all_success');
      expect(noteLines(imported).join('\n')).toContain('.when: the node runs whether or not this holds');
    },
  );
});

describe('a parameter of Argo Workflows', () => {
  const root = (body: string, more = '') =>
    of(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: w }
spec:
${more}
  templates:
  - name: only
${body.replace(/^/gm, '    ')}`);
  const says = "container: { image: x, command: [printf, '%s', '{{inputs.parameters.who}}'] }";

  it('of the workflow is one of the template that nobody calls, before its own value', () => {
    const imported = root(
      `inputs: { parameters: [{ name: who, value: own }] }\n${says}`,
      '  arguments: { parameters: [{ name: who, value: given }] }',
    );
    expect(sh(commandOf(compiled(imported), 'only')).stdout).toBe('given');
    const own = root(`inputs: { parameters: [{ name: who, value: own }] }\n${says}`);
    expect(sh(commandOf(compiled(own), 'only')).stdout).toBe('own');
  });

  it('without a value, or declared nowhere, is one of the job, and a note says so', () => {
    const imported = root(`inputs: { parameters: [{ name: who }] }\n${says}`);
    expect(sh(commandOf(compiled(imported), 'only'), { REPRISE_PARAM_WHO: 'x y' }).stdout).toBe('x y');
    expect(noteLines(imported).join('\n')).toMatch(/templates\[0\]: who has no value: .*--param who=VALUE/);
    const undeclared = root("container: { image: x, command: [printf, '%s', '{{workflow.parameters.p}}'] }");
    expect(sh(commandOf(compiled(undeclared), 'only'), { REPRISE_PARAM_P: '1' }).stdout).toBe('1');
    expect(noteLines(undeclared).join('\n')).toContain('p is declared nowhere: it is a parameter of the job');
  });

  it('that is the name of the workflow is the id of the job, and a note says so', () => {
    const imported = root("container: { image: x, command: [printf, '%s', '{{workflow.name}}'] }");
    expect(sh(commandOf(compiled(imported), 'only'), { REPRISE_JOB: 'j-1' }).stdout).toBe('j-1');
    expect(noteLines(imported).join('\n')).toContain('{{workflow.name}} is the id of the job');
  });
});

// https://argo-workflows.readthedocs.io/en/latest/walk-through/exit-handlers/
it('an exit handler of Argo Workflows runs always, after everything, and may ask how it went', () => {
  const imported = of(
    workflow(
      `steps:\n- - { name: x, template: fail }\n- - { name: y, template: pass }`,
      '  onExit: bye',
    ).replace(
      '  - { name: pass,',
      "  - name: bye\n    steps: [[{ name: cry, template: pass, when: '{{workflow.status}} != Succeeded' }, { name: tidy, template: pass }]]\n  - { name: pass,",
    ),
  );
  const status = '($count(results.*[status in ["failed", "cancelled"]]) = 0 ? "Succeeded" : "Failed")';
  expect(needsOf(compiled(imported))).toMatchObject({ cry: ['y'], tidy: ['y'] });
  expect(gates(imported)).toMatchObject({ tidy: 'always', cry: ['always', `$not(${status} = "Succeeded")`] });
});

describe('a manifest of Argo Workflows', () => {
  it('of a CronWorkflow has its specification further in, and places of notes there', () => {
    const imported = of(`
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: { name: nightly }
spec:
  schedule: '0 1 * * *'
  workflowSpec:
    entrypoint: a
    parallelism: 2
    templates: [{ name: a, container: { image: x, command: [x] } }]`);
    expect(imported.graph.name).toBe('nightly');
    expect(imported.notes.find(({ path }) => path === 'spec.workflowSpec.parallelism')).toMatchObject({
      line: 9,
    });
  });

  it('leaves nothing out without a note', () => {
    const lines = noteLines(
      of(
        workflow(
          'dag: { target: A, tasks: [{ name: A, template: odd, hooks: {} }] }',
          '  parallelism: 3\n  synchronization: {}\n  volumes: []',
        ).replace(
          '  - { name: pass,',
          '  - { name: odd, nodeSelector: {}, sidecars: [], daemon: true, inputs: { artifacts: [] }, outputs: { artifacts: [] }, container: { image: x, command: [x], volumeMounts: [], envFrom: [] } }\n  - { name: pass,',
        ),
      ),
    ).join('\n');
    for (const path of [
      'spec.parallelism',
      'spec.synchronization',
      'spec.volumes',
      'spec.templates[0].dag.target',
      'spec.templates[0].dag.tasks[0].hooks',
      'spec.templates[1].nodeSelector',
      'spec.templates[1].sidecars',
      'spec.templates[1].daemon',
      'spec.templates[1].inputs.artifacts',
      'spec.templates[1].outputs.artifacts',
      'spec.templates[1].container.image',
      'spec.templates[1].container.volumeMounts',
      'spec.templates[1].container.envFrom',
    ]) {
      expect(lines).toContain(` ${path}: `);
    }
  });

  it.each([
    ['', /expected a mapping/],
    ['kind: Pod\nspec: {}', /kind: /],
    ['kind: Workflow\nspec: {}', /spec: has no templates/],
    ['kind: Workflow\nspec: { workflowTemplateRef: { name: x } }', /in another manifest/],
    [
      'kind: Workflow\nspec: { templates: [{ name: a }, { name: b }] }',
      /has no `entrypoint`: add one of a, b/,
    ],
    [
      'kind: Workflow\nspec: { templates: [{ name: a }, { name: a }] }',
      /templates\[1\]\.name: a is the name of two/,
    ],
    [
      'kind: Workflow\nspec: { entrypoint: z, templates: [{ name: a }] }',
      /spec\.entrypoint: there is no template "z"/,
    ],
    ['kind: Workflow\nspec: { templates: [{ name: 3 }] }', /templates\[0\]\.name: expected text/],
    [
      'kind: CronWorkflow\nspec: { workflowSpec: { templates: [{}] } }',
      /spec\.workflowSpec\.templates\[0\]\.name: is missing/,
    ],
    [
      workflow('dag: { tasks: [{ name: a, template: nope }] }'),
      /tasks\[0\]\.template: there is no template "nope"/,
    ],
    [
      workflow('dag: { tasks: [{ name: a, template: pass, depends: b }] }'),
      /tasks\[0\]\.depends: "b" does not exist/,
    ],
    [workflow('dag: { tasks: [{ name: a, template: pass, depends: a }] }'), /cycle.*a -> a/],
    [
      workflow("dag: { tasks: [{ name: a, template: pass, depends: 'a &&' }] }"),
      /depends: "a &&" is no formula/,
    ],
    [
      workflow('dag: { tasks: [{ name: a, template: pass, depends: a.Good }] }'),
      /depends: "a\.Good" is no formula/,
    ],
    [
      workflow('dag: { tasks: [{ name: a, template: pass, depends: a, dependencies: [a] }] }'),
      /exclude each other/,
    ],
    [workflow('dag: { tasks: [{ name: a, template: pass }, { name: a, template: pass }] }'), /used twice/],
    [
      workflow("dag: { tasks: [{ name: a, template: pass, withParam: '{}' }] }"),
      /withParam: expected a list as JSON/,
    ],
    [
      workflow('dag: { tasks: [{ name: a, template: pass, withSequence: {} }] }'),
      /withSequence: needs `count` or `end`/,
    ],
    [workflow("dag: { tasks: [{ name: a, template: pass, when: 'false' }] }"), /comes to no command/],
  ])('that is malformed is refused with its place: %#', (text, message) => {
    expect(refusal(() => of(text))).toMatch(message);
  });

  it('whose template calls itself ends there, in a node that fails', () => {
    const graph = compiled(
      of(workflow('steps: [[{ name: a, template: pass }], [{ name: again, template: main }]]')),
    );
    expect(sh(commandOf(graph, 'again')).stderr).toContain('the template main calls itself');
  });
});
