import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteLines } from '../support';
import { config, type How, imported, runOf } from './support';

describe('the command of a job of CircleCI, as shells run it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-circleci-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  interface Surroundings extends How {
    readonly more?: object;
    readonly env?: Record<string, string>;
    readonly path?: string | undefined;
    readonly rest?: object;
  }

  function run(steps: readonly unknown[], given: Surroundings = {}) {
    const { more = {}, env = {}, path = process.env['PATH'], rest = {}, ...how } = given;
    const text = runOf(config({ job: { steps, ...more } }, ['job'], rest), 'job', how);
    const { stdout, status, stderr } = spawnSync('/bin/sh', ['-c', text], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: path, HOME: folder, TMPDIR: folder, ...env },
    });
    return { stdout, status, stderr };
  }
  const notes = (steps: readonly unknown[], more: object = {}) =>
    noteLines(imported(config({ job: { steps, ...more } }, ['job']))).join('\n');

  // configuration-reference, run: each `run` declaration represents a new shell.
  it('runs each step in a shell of its own', () => {
    expect(
      run([{ run: 'A=1; cd /; export B=2' }, { run: 'echo "[$A$B] $(basename "$PWD")"' }]),
    ).toMatchObject({
      stdout: `[] ${folder.split('/').at(-1)}\n`,
      status: 0,
    });
  });

  // configuration-reference, default shell options: /bin/bash -eo pipefail, else /bin/sh -eo pipefail.
  it.each([
    ['the first command that fails', 'echo one; false; echo two', 'one\n', 1],
    ['a command that fails in a pipe', 'false | cat; echo two', '', 1],
    ['a status of its own', 'exit 7', '', 7],
    ['a step that goes on by itself', 'set +e; false; echo two', 'two\n', 0],
  ])('ends a step at %s', (_, text, stdout, status) => {
    expect(run([{ run: text }, { run: { command: 'true' } }])).toMatchObject({ stdout, status });
  });

  it('ends at the first step that fails, with its status', () => {
    expect(run([{ run: 'exit 3' }, { run: 'echo after' }])).toMatchObject({ stdout: '', status: 3 });
  });

  it('is run by sh where there is no bash', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['cat', 'mktemp', 'rm']) symlinkSync(`/bin/${name}`, join(bin, name));
    // Called so, bash is a POSIX shell that has pipefail.
    symlinkSync('/bin/bash', join(bin, 'sh'));
    const steps = [{ run: '[ -o posix ] && echo posix; false | true; echo not here' }];
    expect(run(steps, { path: bin })).toMatchObject({ stdout: 'posix\n', status: 1 });
    expect(run([{ run: '[ -o posix ] || echo not posix' }]).stdout).toBe('not posix\n');
  });

  it('reads no input, and leaves nothing behind', () => {
    expect(run([{ run: 'cat; ls -A' }, { run: 'read X || echo nothing' }])).toMatchObject({ status: 0 });
    const { stdout } = spawnSync('ls', ['-A', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('keeps a text as it is, whatever stands in it', () => {
    const text = `cat <<'STEP'\n$HOME "quoted" 'single' \\ \`tick\`\nSTEP\necho "{{ .Go }}"`;
    expect(run([{ run: { name: "it's a\nname", command: text } }]).stdout).toBe(
      '$HOME "quoted" \'single\' \\ `tick`\n{{ .Go }}\n',
    );
  });

  // env-vars, parameters and bash environment: each step reads $BASH_ENV at its beginning.
  it('hands variables on by $BASH_ENV', () => {
    expect(run([{ run: `echo 'export A=one' >> "$BASH_ENV"` }, { run: 'echo $A' }]).stdout).toBe('one\n');
  });

  describe('with when', () => {
    it('runs steps after a failure where they say so, and keeps the first status', () => {
      const steps = [
        { run: { command: 'echo no', when: 'on_fail' } },
        { run: 'exit 4' },
        { run: 'echo skipped' },
        { run: { command: 'echo always; exit 5', when: 'always' } },
        { run: { command: 'echo failed', when: 'on_fail' } },
      ];
      expect(run(steps)).toMatchObject({ stdout: 'always\nfailed\n', status: 4 });
    });

    it('runs what says always after success too, and takes its failure', () => {
      const steps = [
        { run: 'echo one' },
        { run: { command: 'exit 6', when: 'always' } },
        { run: 'echo two' },
      ];
      expect(run(steps)).toMatchObject({ stdout: 'one\n', status: 6 });
    });
  });

  // env-vars, order of precedence: the step, the job, the executor, CircleCI's own, then contexts and projects.
  it('sets variables of a step over those of the job, of the executor and of CircleCI, and expands none', () => {
    const rest = {
      executors: {
        e: { docker: [{ image: 'x' }], environment: { A: 'executor', B: 'executor', C: 'executor' } },
      },
    };
    const more = { executor: 'e', environment: { A: 'job', B: 'job', D: '$HOME', CIRCLE_JOB: 'own' } };
    const steps = [
      { run: { command: 'echo $A $B $C "$D" $CIRCLE_JOB $P', environment: { A: 'step' } } },
      { run: 'echo $A' },
    ];
    const { stdout } = run(steps, { more, rest, env: { A: 'project', P: 'project' } });
    expect(stdout).toBe('step job executor $HOME own project\njob\n');
  });

  it('sets what CircleCI sets, as far as it is known', () => {
    const { stdout } = run(
      [{ run: 'echo $CI $CIRCLECI $CIRCLE_JOB $CIRCLE_NODE_INDEX/$CIRCLE_NODE_TOTAL $CIRCLE_BRANCH' }],
      {
        set: { 'pipeline.git.branch': 'main' },
      },
    );
    expect(stdout).toBe('true true job 0/1 main\n');
    expect(notes([{ run: 'echo $CIRCLE_BUILD_URL' }])).toContain('CIRCLE_BUILD_URL: on CircleCI');
    expect(run([{ run: 'echo "[$CIRCLECI]"' }]).stdout).toBe('[true]\n');
  });

  describe('in a directory', () => {
    it.each([
      ['sub', 'sub'],
      ['~/work/sub', 'sub'],
      ['/abs', 'elsewhere'],
    ])('goes to %s', (directory, wanted) => {
      mkdirSync(join(folder, 'sub'));
      const steps = [{ run: { command: 'basename "$PWD"', working_directory: directory } }];
      const result = run(steps, { more: { working_directory: '~/work' } });
      if (wanted === 'elsewhere') {
        expect(result.status).not.toBe(0);
        expect(notes(steps)).toContain('is outside of the working copy');
      } else expect(result).toMatchObject({ stdout: `${wanted}\n`, status: 0 });
    });

    it('knows the home of the user, and variables', () => {
      mkdirSync(join(folder, 'a b'));
      const at = (working_directory: string) =>
        run([{ run: { command: 'basename "$PWD"', working_directory } }], { env: { DIR: 'a b' } });
      expect(at('~/a b').stdout).toBe('a b\n');
      expect(at('$DIR').stdout).toBe('a b\n');
    });
  });

  it('takes shells by their command line, and those that would take a text get a file', () => {
    const steps = [
      { run: { shell: '/bin/bash -uc', command: 'true' } },
      { run: { shell: 'bash -c', command: 'echo $0 | grep -c step' } },
      { run: { shell: 'python3', command: 'print("from python")' } },
    ];
    expect(run(steps.slice(1)).stdout).toBe('1\nfrom python\n');
    expect(run([{ run: 'false; echo on' }], { more: { shell: '/bin/bash' } }).stdout).toBe('on\n');
  });

  it('goes on beside a step in the background, and ends it', () => {
    const steps = [
      { run: { command: 'echo up > up; exec sleep 60', background: true } },
      { run: 'for i in $(seq 100); do [ -s up ] && break; sleep 0.05; done; cat up' },
    ];
    expect(run(steps)).toMatchObject({ stdout: 'up\n', status: 0 });
    expect(notes(steps)).toContain('changed jobs.job.steps[0].run.background');
  });

  // What only CircleCI knows must not become a text that runs.
  it('fails at a step that names what only CircleCI knows, unless it is told', () => {
    const steps = [{ run: 'echo first' }, { run: 'deploy << pipeline.id >>' }];
    const { stdout, stderr, status } = run(steps);
    expect({ stdout, status }).toEqual({ stdout: 'first\n', status: 1 });
    expect(stderr).toContain('only CircleCI knows pipeline.id');
    expect(run([{ run: 'echo << pipeline.id >>' }], { set: { 'pipeline.id': 'p1' } }).stdout).toBe('p1\n');
    expect(notes(steps)).toMatch(/changed jobs.job.steps\[1\].run: pipeline.id is only known on CircleCI/);
  });

  it('says where programs of CircleCI are called', () => {
    expect(notes([{ run: 'circleci tests glob "**/*.spec.ts" | circleci tests split' }])).toMatch(
      /`circleci tests` is only on CircleCI/,
    );
    expect(notes([{ run: { command: 'circleci-agent step halt', no_output_timeout: '20m' } }])).toMatch(
      /no_output_timeout: a node has one time limit, and none for silence \(20m\)[\s\S]*`circleci-agent step` is only/,
    );
  });
});
