import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until, type Workspace, workspace } from '../support/e2e-cli';

const KEY = 'hunter2 "and" more/=';
const GRAPH = `
name: g
secrets: [API_KEY]
nodes:
  - id: show
    run: 'echo "key=$API_KEY"; printf %s "$API_KEY" | base64; echo "k=$API_KEY" >> "$REPRISE_OUTPUT"'
  - id: each
    needs: [show]
    forEach: '["x"]'
    run: 'test -n "$CERT" && echo {{ item }} "$API_KEY" "$CERT" >&2 && exit 3'
    secrets: [CERT]
`;

let space: Workspace;
let umask: number;
beforeEach(() => {
  space = workspace();
  space.write('g.yaml', GRAPH);
  process.env['API_KEY'] = KEY;
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  delete process.env['API_KEY'];
});

/** Every file and directory under the working directory, with its mode. */
const tree = () =>
  (readdirSync(space.dir, { recursive: true }) as string[]).map((name) => {
    const { mode } = statSync(join(space.dir, name));
    return { name, mode: mode & 0o777, isFile: (mode & 0o170000) === 0o100000 };
  });

const kept = () =>
  tree()
    .filter(({ name, isFile }) => isFile && name.startsWith('.reprise'))
    .map(({ name }) => `${name}\n${readFileSync(join(space.dir, name), 'utf8')}`)
    .join('\n');

describe('a job with secrets', () => {
  it('leaves no trace of them: not in files, not in the journal, not on the terminal', async () => {
    space.write('CERT', 'line one of it\nline two of it\n');
    const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--job', 'j', '--secrets-dir', '.');
    expect(code).toBe(1);
    expect(readFileSync(join(space.dir, '.reprise/jobs/j/attempts/show.1.out'), 'utf8')).toBe(
      'key=***\n***\n',
    );
    const everything = [stdout, stderr, kept()].join('\n');
    for (const part of [
      'hunter2',
      'more/=',
      Buffer.from(KEY).toString('base64').slice(0, 8),
      'line one',
      'line two',
    ]) {
      expect(everything).not.toContain(part);
    }
    expect(stderr).toContain('exit status 3\n         │ x *** ***');
  });

  it('fails where one is not known, says how to give it, and goes on once it is there', async () => {
    const first = await space.run('run', 'g.yaml', '--job', 'j', '--secrets-dir', 'later');
    expect(first.stderr).toContain('the secret CERT is not known to this worker: set the variable CERT');
    space.write('CERT', 'certified');
    const second = await space.run('resume', 'j', '--secrets-dir', '.');
    expect(second.stderr).toContain('x *** ***');
  });

  it('is understood by compile and graph', async () => {
    const { stdout } = await space.run('compile', 'g.yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ secrets: { API_KEY: 2, CERT: 1 } });
    expect((await space.run('compile', 'g.yaml')).stdout).toMatch(
      /secrets +API_KEY, for 2 nodes\n +CERT, for 1 node\n/,
    );
    expect((await space.run('graph', 'g.yaml', '--explain', 'each')).stdout).toContain(
      'secrets API_KEY, CERT',
    );
  });
});

describe('what is kept on disk', () => {
  it('is for its user alone, whatever the umask, and files of commands are as the umask says', async () => {
    space.write(
      'p.yaml',
      'name: p\nnodes: [{ id: a, run: "echo x; echo a=b >> $REPRISE_OUTPUT; touch mine" }]',
    );
    const daemon = space.start('serve', '--port', '0');
    await until(() => daemon.stderr().includes('serving'), 'the daemon serves');
    await space.run('run', 'p.yaml', '--job', 'j');
    const open = tree().filter(({ name, mode }) => name.startsWith('.reprise') && (mode & 0o077) !== 0);
    daemon.child.kill('SIGTERM');
    await daemon.done;
    expect(open).toEqual([]);
    expect(tree().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['.reprise/history.jsonl', '.reprise/jobs/j/attempts/a.1.outputs']),
    );
    expect(tree().find(({ name }) => name === 'mine')?.mode).toBe(0o666);
  });
});
