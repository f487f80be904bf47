import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imported, runOf } from './support';

describe('the command of a job of GitLab, as shells run it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-gitlab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(
    text: string,
    {
      env = {},
      path = process.env['PATH'],
    }: { env?: Record<string, string>; path?: string | undefined } = {},
  ) {
    const { stdout, status, stderr } = spawnSync('/bin/sh', ['-c', runOf(text, 'job')], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: path, REPRISE_OUTPUT: join(folder, 'outputs'), ...env },
    });
    return { stdout, status, stderr };
  }

  const job = (body: string, rest = '') => `${rest}\njob:\n${body.replace(/^/gm, '  ')}\n`;

  // doc/ci/yaml/_index.md: before_script and script are concatenated and run together in a single shell.
  it('runs before_script and script in one shell', () => {
    const { stdout, status } = run(
      job(
        `before_script:\n  - cd sub || mkdir sub && cd sub\n  - NAME=inner\n  - f() { echo "$NAME in $(basename "$PWD")"; }\nscript:\n  - f`,
      ),
    );
    expect({ stdout, status }).toEqual({ stdout: 'inner in sub\n', status: 0 });
  });

  it.each([
    ['the first command that fails', 'script: [echo one, "false", echo two]', 'one\n', 1],
    ['a command that fails in a pipe', 'script: ["false | cat", echo two]', '', 1],
    ['a command that fails in a function', 'script: ["f() { false; echo in; }", f, echo two]', '', 1],
    ['an exit in before_script', 'before_script: [exit 3]\nscript: [echo two]', '', 3],
    ['the last command, with its status', 'script: ["true", "sh -c \'exit 7\'"]', '', 7],
    ['a test as the last command', 'script: ["[ -f missing ] && echo there"]', '', 1],
  ])('ends at %s', (_, body, stdout, status) => {
    expect(run(job(body))).toMatchObject({ stdout, status });
  });

  // gitlab-runner, shells/bash.go: errexit, and pipefail where the shell has it.
  it('goes on after a list whose first part fails, as errexit does', () => {
    const { stdout, status } = run(job('script: ["[ -f missing ] && echo there", echo two]'));
    expect({ stdout, status }).toEqual({ stdout: 'two\n', status: 0 });
  });

  it('is run by sh where there is no bash', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['sh', 'grep', 'cat']) symlinkSync(`/bin/${name}`, join(bin, name));
    const script = job(
      'script:\n  - echo ${BASH_VERSION:-none} | cat\n  - |\n    cat <<END\n    text\n    END\n  - "false"\n  - echo not here',
    );
    const { stdout, status } = run(script, { path: bin });
    expect({ stdout, status }).toEqual({ stdout: 'none\ntext\n', status: 1 });
    expect(run(script).stdout).not.toContain('none');
  });

  describe('with after_script', () => {
    // doc/ci/yaml/_index.md: executed in a new shell, after a failure too, and without effect on the status.
    it.each([
      ['true', 'success', 0],
      ['false', 'failed', 1],
      ['exit 42', 'failed', 42],
    ])('after %s runs it in a shell of its own, which knows that the job is %s', (last, status, code) => {
      const body = `before_script: [export LEFT=behind, cd /]\nscript: ["${last}"]\nafter_script:\n  - echo "$CI_JOB_STATUS \${LEFT:-nothing} $(basename "$PWD")"\n  - "false"\n  - echo not here`;
      const result = run(job(body));
      expect(result.stdout).toBe(`${status} nothing ${folder.split('/').at(-1)}\n`);
      expect(result.status).toBe(code);
      expect(result.stderr).toContain('after_script failed');
    });

    // gitlab-runner, common/consts.go and build.go: AFTER_SCRIPT_IGNORE_ERRORS.
    it('counts its failure where AFTER_SCRIPT_IGNORE_ERRORS is false', () => {
      const variables = 'variables: { AFTER_SCRIPT_IGNORE_ERRORS: "false" }\n';
      expect(run(job(`${variables}script: ["true"]\nafter_script: [exit 5]`)).status).toBe(1);
      expect(run(job(`${variables}script: [exit 3]\nafter_script: [exit 5]`)).status).toBe(3);
    });
  });

  describe('with variables', () => {
    // gitlab-runner, common/spec/variables.go: os.Expand over all variables, once.
    it('expands them as the runner does, in whatever order they stand', () => {
      const rest = `variables:\n  URL: "$HOST/$$PATH/\${NAME}"\n  NAME: it's\n  HOST: "http://x"\n  COMMAND: $(touch made)\n  RAW: { value: "$NAME", expand: false }\n  DEFAULT: "a\${NAME:-b}c"\n  PRICE: "5$"`;
      const { stdout } = run(
        job('script:\n  - printf \'%s\\n\' "$URL" "$COMMAND" "$RAW" "$DEFAULT" "$PRICE"', rest),
      );
      expect(stdout).toBe("http://x/$PATH/it's\n$(touch made)\n$NAME\nac\n5$\n");
    });

    // doc/ci/variables/_index.md, precedence: those of the pipeline, then of the job, then of the file.
    it('takes those of the job before those of the file, and those that are told before both', () => {
      const text = job(
        'variables: { A: job, B: job }\nscript: [echo $A $B $C]',
        'variables: { A: file, B: file, C: file }',
      );
      expect(run(text).stdout).toBe('job job file\n');
      const told = runOf(text, 'job', { set: { B: "it's told" } });
      expect(spawnSync('/bin/sh', ['-c', told], { encoding: 'utf8' }).stdout).toBe("job it's told file\n");
    });

    it('reads from outside what the file does not say', () => {
      const text = job('variables: { IMAGE: "$REGISTRY/app" }\nscript: [echo $IMAGE]');
      expect(run(text, { env: { REGISTRY: 'r.example' } }).stdout).toBe('r.example/app\n');
      expect(imported(text).notes).toContainEqual(
        expect.objectContaining({ kind: 'changed', path: 'job.variables.IMAGE', line: 3 }),
      );
    });

    it('sets predefined ones where something says the same here', () => {
      const text = job(
        'script: ["echo $CI $CI_JOB_NAME $CI_JOB_STAGE $CI_NODE_TOTAL $(basename $CI_PROJECT_DIR)"]',
      );
      expect(run(text).stdout).toBe(`true job test 1 ${folder.split('/').at(-1)}\n`);
    });

    it('keeps numbers as GitLab reads them', () => {
      const text = job(
        'script: [echo $A $B $C $D $E $F]',
        'variables: { A: 3.10, B: 2.0, C: 010, D: 1e3, E: yes, F: 1_000 }',
      );
      expect(run(text).stdout).toBe('3.1 2.0 8 1e3 true 1000\n');
    });
  });

  it('gives each instance of a parallel job its number', () => {
    const shards = runOf('job: { parallel: 3, script: [echo $CI_NODE_INDEX/$CI_NODE_TOTAL] }', 'job-2');
    expect(spawnSync('/bin/sh', ['-c', shards], { encoding: 'utf8' }).stdout).toBe('2/3\n');
  });

  it('gives each combination of a matrix its values', () => {
    const text =
      'job:\n  parallel: { matrix: [{ DB: [pg, my], V: ["9", "10"] }, { DB: lite }] }\n  script: ["echo $DB ${V-none} $CI_NODE_INDEX"]';
    const outputs = ['job-pg-9', 'job-my-10', 'job-lite'].map(
      (id) => spawnSync('/bin/sh', ['-c', runOf(text, id)], { encoding: 'utf8' }).stdout,
    );
    expect(outputs).toEqual(['pg 9 1\n', 'my 10 4\n', 'lite none 5\n']);
  });

  // app/services/ci/parse_dotenv_artifact_service.rb: lines of key=value, without the blanks around both.
  it('hands on the variables of a dotenv report, of a job that succeeds', () => {
    const body = (last: string) =>
      `script:\n  - echo " VERSION = 1.2=3 " > build.env\n  - echo EMPTY= >> build.env\n  - echo nothing >> build.env\n  - "${last}"\nartifacts: { reports: { dotenv: build.env } }`;
    run(job(body('false')));
    expect(() => readFileSync(join(folder, 'outputs'), 'utf8')).toThrow();
    run(job(body('true')));
    expect(readFileSync(join(folder, 'outputs'), 'utf8')).toBe('VERSION=1.2=3\nEMPTY=\n');
  });
});
