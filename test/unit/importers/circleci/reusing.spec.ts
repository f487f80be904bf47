import { noteLines, refusal } from '../support';
import { config, type How, imported, job, nodesOf, runOf } from './support';

const notes = (given: string | object, how?: How) => noteLines(imported(given, how)).join('\n');
const refused = (given: string | object, how?: How) => refusal(() => imported(given, how));
const steps = (list: readonly unknown[], rest: object = {}, more: object = {}) =>
  config({ a: { ...more, steps: list } }, ['a'], rest);

describe('reusable parts of a configuration of CircleCI', () => {
  it('writes commands out with their parameters, in each other', () => {
    const commands = {
      outer: {
        parameters: { to: { type: 'string' } },
        steps: [{ inner: { text: 'hello << parameters.to >>' } }, 'plain'],
      },
      inner: {
        parameters: { text: { type: 'string' }, mark: { type: 'string', default: '!' } },
        steps: [{ run: 'echo "<< parameters.text >><<parameters.mark>>"' }],
      },
      plain: { steps: [{ run: 'echo plain' }] },
    };
    const run = runOf(steps([{ outer: { to: 'world' } }], { commands }), 'a');
    expect(run).toMatch(/echo "hello world!"[\s\S]*echo plain/);
  });

  it('puts no value in twice, and leaves what is marked', () => {
    const commands = {
      say: {
        parameters: { text: { type: 'string' } },
        steps: [{ run: 'cat \\<<END\n<< parameters.text >>\nEND' }],
      },
    };
    expect(runOf(steps([{ say: { text: '\\<< parameters.text >>' } }], { commands }), 'a')).toContain(
      'cat <<END\n<< parameters.text >>\nEND',
    );
    expect(
      runOf({ version: 2, jobs: { build: { steps: [{ run: 'echo << parameters.x >>' }] } } }, 'build'),
    ).toContain('echo << parameters.x >>');
  });

  it('decides conditional steps by parameters', () => {
    const given = (flag: boolean) =>
      config(
        {
          a: {
            parameters: { flag: { type: 'boolean' }, more: { type: 'steps', default: [] } },
            steps: [
              { when: { condition: '<< parameters.flag >>', steps: [{ run: 'echo yes' }] } },
              { unless: { condition: '<< parameters.flag >>', steps: [{ run: 'echo no' }] } },
              {
                when: {
                  condition: { equal: ['main', '<< pipeline.git.branch >>'] },
                  steps: [{ run: 'echo main' }],
                },
              },
              '<< parameters.more >>',
            ].map((step) => (typeof step === 'string' ? { when: { condition: true, steps: step } } : step)),
          },
        },
        [{ a: { flag, more: [{ run: 'echo more' }] } }],
      );
    expect(runOf(given(true), 'a')).toMatch(/echo yes[\s\S]*echo main[\s\S]*echo more/);
    expect(runOf(given(true), 'a')).not.toContain('echo no');
    expect(runOf(given(false), 'a')).toContain('echo no');
    expect(notes(given(true))).toContain(
      'changed jobs.a.steps[2].when.condition: these steps run whether or not',
    );
    expect(runOf(given(true), 'a', { set: { 'pipeline.git.branch': 'x' } })).not.toContain('echo main');
  });

  it('takes executors with parameters, and says what the worker must have', () => {
    const executors = {
      e: {
        parameters: { tag: { type: 'string', default: '1' } },
        docker: [{ image: 'node:<< parameters.tag >>', environment: { X: 1 } }, { image: 'redis' }],
        environment: { A: 'e' },
        resource_class: 'org/runner',
        shell: '/bin/bash',
      },
    };
    const given = steps([{ run: 'true' }], { executors }, { executor: { name: 'e', tag: '20' } });
    expect(nodesOf(given)['a']).toMatchObject({ labels: ['org/runner'] });
    expect(runOf(given, 'a')).toContain("export A='e'");
    expect(runOf(given, 'a')).toContain('/bin/bash "$_step"');
    expect(notes(given)).toMatch(
      /image \(\{"image":"node:20".*[\s\S]*docker\[0\].environment: [\s\S]*no services are started.*redis/,
    );
    const mac = steps([{ run: 'true' }], {}, { macos: { xcode: '15.0' }, resource_class: 'm2pro.medium' });
    expect(runOf(mac, 'a')).toContain('--login -eo pipefail');
    expect(notes(mac)).toMatch(/such a machine[\s\S]*has the size that it has/);
  });

  it('reads anchors and merges as CircleCI does: keys go before what is merged', () => {
    const text = `
version: 2.1
base: &base
  steps: [{ run: echo base }]
  environment: { A: base }
jobs:
  a:
    environment: { A: own }
    <<: *base
workflows: { main: { jobs: [a] } }
`;
    expect(runOf(text, 'a')).toContain("export A='own'");
    expect(runOf(text, 'a')).toContain('echo base');
    expect(notes(text)).toContain('info $: base: what stands there counts where an anchor of it is used');
  });

  it.each<[string, object, string]>([
    [
      'a parameter without a value',
      steps([{ c: {} }], { commands: { c: { parameters: { x: { type: 'string' } }, steps: [] } } }),
      'the command c needs the parameter x',
    ],
    [
      'a parameter that is not declared',
      steps([{ c: { y: 1 } }], { commands: { c: { steps: [] } } }),
      'a.steps[0].c.y: the command c has no parameter y',
    ],
    [
      'a value of another type',
      steps([{ c: { x: 'maybe' } }], {
        commands: { c: { parameters: { x: { type: 'boolean' } }, steps: [] } },
      }),
      'the parameter x is true or false, not maybe',
    ],
    ['a name that nothing has', steps([{ run: 'echo << parameters.x >>' }]), 'there is no parameters.x here'],
    [
      'a command in a circle',
      steps(['c'], { commands: { c: { steps: ['d'] }, d: { steps: ['c'] } } }),
      'goes in a circle: c -> d -> c',
    ],
    ['a step that there is not', steps(['install']), 'there is no step install'],
    ['a step with two keys', steps([{ run: 'x', name: 'y' }]), 'a step has one key, its kind, and not 2'],
    ['a run without a command', steps([{ run: { name: 'x' } }]), 'a `run` step has a `command`'],
    [
      'a word for when',
      steps([{ run: { command: 'x', when: 'never' } }]),
      'never is none of on_success, always and on_fail',
    ],
    ['an executor that there is not', steps([{ run: 'x' }], {}, { executor: 'e' }), 'there is no executor e'],
    ['a job that there is not', config({ a: job() }, ['b']), 'there is no job b'],
    ['another version', { version: 3, jobs: {} }, 'there is no version 3 that is known here'],
    ['no version', { jobs: {} }, 'says its `version`'],
    [
      'a job that takes no such parameter',
      config({ a: job() }, [{ a: { x: 1 } }]),
      'the job a has no parameter x',
    ],
  ])('refuses %s, with its place', (_, given, message) => {
    expect(refused(given)).toContain(message);
  });

  it('bounds commands that multiply', () => {
    const twice = (name: string) => ({ steps: [name, name] });
    const commands = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `c${i}`,
        i === 19 ? { steps: [{ run: 'x' }] } : twice(`c${i + 1}`),
      ]),
    );
    expect(refused(steps(['c0'], { commands }))).toContain('a job has more than 2000 steps');
  });

  it('bounds commands that multiply and run nothing, and values that parameters multiply', () => {
    const empty = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`c${i}`, { steps: i === 39 ? [] : [`c${i + 1}`, `c${i + 1}`] }]),
    );
    expect(refused(steps(['c0'], { commands: empty }))).toContain('written out, this is more than');
    const parameters = { s: { type: 'steps' } };
    const given = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => {
        const inner = { s: ['<< parameters.s >>', '<< parameters.s >>'] };
        return [`c${i}`, { parameters, steps: [i === 39 ? { 'o/x': inner } : { [`c${i + 1}`]: inner }] }];
      }),
    );
    expect(refused(steps([{ c0: { s: [] } }], { commands: given, orbs: { o: 'o/o@1' } }))).toContain(
      'written out, this is more than',
    );
  });

  it('bounds what aliases write out', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    const text = [
      'version: 2',
      'a0: &a0 [x, x]',
      ...lines,
      'jobs: { build: { docker: *a30, steps: [run: x] } }',
    ];
    expect(refused(text.join('\n'))).toMatch(/config.yml:\d+:\d+ a\d+: written out, this is more than/);
  });

  describe('of orbs', () => {
    const orbs = { node: 'circleci/node@5.2', slack: 'circleci/slack@4' };

    it('leaves their commands, executors and jobs out, each by its name', () => {
      const given = config(
        {
          a: {
            executor: 'node/default',
            steps: ['node/install', { 'slack/notify': { event: 'fail' } }, { run: 'npm test' }],
          },
          b: job(),
        },
        ['a', 'node/test', { b: { requires: ['node/test', 'a'] } }],
        { orbs },
      );
      expect(Object.keys(nodesOf(given))).toEqual(['a', 'b']);
      const said = notes(given);
      expect(said).toContain('left-out orbs.node: the orb node (circleci/node@5.2) is not read');
      expect(said).toContain(
        'left-out jobs.a.steps[0]: node/install of the orb circleci/node@5.2 does not run, as orbs are not read',
      );
      expect(said).toMatch(/slack\/notify of the orb circleci\/slack@4 .*\{"event":"fail"\}/);
      expect(said).toContain('the executor node/default of the orb circleci/node@5.2 is not known');
      expect(said).toContain(
        'node/test is no node: it is node/test of the orb circleci/node@5.2, and orbs are not read',
      );
    });

    it('keeps the order through jobs that are no nodes', () => {
      const given = config(
        { a: job(), b: job(), c: { steps: ['checkout'] } },
        [
          'a',
          { 'node/test': { requires: ['a'] } },
          { c: { requires: ['node/test'] } },
          { b: { requires: ['c'] } },
        ],
        { orbs },
      );
      expect(nodesOf(given)['b']?.needs).toEqual(['a']);
      expect(notes(given)).toContain('c is no node: none of its steps runs a command here');
    });

    it('refuses a configuration that has nothing else, and names them', () => {
      expect(refused(config({}, ['node/test'], { orbs }))).toContain(
        'no job runs a command (commands and jobs of orbs are not read: circleci/node@5.2, circleci/slack@4)',
      );
    });
  });

  it('notes the steps that CircleCI has built in, and what a job says besides', () => {
    const list = [
      'checkout',
      'setup_remote_docker',
      { restore_cache: { keys: ['v1-{{ checksum "x" }}'] } },
      { save_cache: { key: 'x', paths: ['x'] } },
      { store_artifacts: { path: 'x' } },
      { persist_to_workspace: { root: '.', paths: ['x'] } },
      { attach_workspace: { at: '.' } },
      'add_ssh_keys',
      { run: { command: 'true', novelty: 1 } },
    ];
    const said = notes(steps(list, {}, { branches: { only: 'main' }, circleci_ip_ranges: true }));
    for (const index of list.keys()) expect(said).toMatch(new RegExp(`left-out jobs.a.steps\\[${index}\\]`));
    expect(said).toMatch(/left-out jobs.a.branches: filters stand in the workflow[\s\S]*circleci_ip_ranges/);
  });

  describe('with test results', () => {
    const at = (path: string) => [{ run: 'true' }, { store_test_results: { path } }];

    it.each([
      ['out', 'out/**/*.xml'],
      ['~/project/out/', 'out/**/*.xml'],
      ['./out/junit.xml', 'out/junit.xml'],
      ['.', '**/*.xml'],
    ])('reads those in %s', (path, report) => {
      const given = steps(at(path));
      expect(nodesOf(given)['a']?.work).toMatchObject({ reports: [{ path: report }] });
      expect(notes(given)).toContain(`changed jobs.a.steps[1].store_test_results: ${report} decides too`);
    });

    it.each(['/tmp/out', '../out', '~/other'])('does not read those in %s', (path) => {
      expect(nodesOf(steps(at(path)))['a']?.work).not.toHaveProperty('reports');
      expect(notes(steps(at(path)))).toContain(
        `the results in ${path} are not read: it lies out of the working directory`,
      );
    });

    it('reads none that several nodes write', () => {
      const given = config(
        {
          a: job({ steps: at('out') }),
          b: job({ steps: at('out') }),
          c: job({ steps: at('c'), parallelism: 2 }),
        },
        ['a', 'b', 'c'],
      );
      for (const node of Object.values(nodesOf(given))) expect(node.work).not.toHaveProperty('reports');
      expect(notes(given)).toContain('several nodes write to out/**/*.xml');
    });
  });

  it('runs each step of a job for as long as CircleCI lets it', () => {
    expect(nodesOf(steps([{ run: 'true' }]))['a']).toMatchObject({ timeoutMs: 5 * 3_600_000 });
  });
});
