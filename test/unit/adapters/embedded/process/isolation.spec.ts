import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOf } from '../../../../../lib/adapters/embedded/process/as-text';
import { checkReach, userNamed } from '../../../../../lib/adapters/embedded/process/run-as';
import { cleanUp, harness, readIfThere, request, runs, until } from './harness';

afterEach(cleanUp);

const isRoot = process.getuid?.() === 0;
const outOf = (dir: string, node = 'a') => readIfThere(join(dir, 'job', 'attempts', `${node}.1.out`));

describe('the user that commands run as', () => {
  it('is refused where we are not root, where there is none of that name, and where it is root', () => {
    expect(() => userNamed('no-such-user-here')).toThrow(
      isRoot ? /no-such-user-here: this machine has no such user/ : /only an agent that runs as root/,
    );
    expect(() => userNamed('x; touch /tmp/x')).toThrow(isRoot ? /no such user/ : /only an agent/);
    expect(() => userNamed('root')).toThrow(isRoot ? /all that the agent can/ : /only an agent/);
  });

  it('runs them where we are root, and reaches neither our files nor the values of others', async () => {
    // Elsewhere there is nobody to become: that is refused, as the test above shows.
    if (!isRoot) return expect(() => userNamed('nobody')).toThrow(/only an agent that runs as root/);
    const user = userNamed('nobody');
    const dir = mkdtempSync(join(tmpdir(), 'reprise-run-as-'));
    expect(() => checkReach(user, [dir])).toThrow(`nobody cannot enter ${dir}`);
    chmodSync(dir, 0o711);
    expect(() => checkReach(user, [dir, '/'])).not.toThrow();
    const secrets = { resolve: async () => 'hunter2-secret' };
    const { run } = harness({ dir, runAs: user, cwd: '/', secrets });
    const command = [
      'echo "$(id -u) $(id -g) $HOME $USER"',
      'echo plain > /dev/stderr',
      `ls ${dir}/job/attempts 2>&1 | head -1`,
      `cat ${dir}/job/attempts/a.1.claim 2>&1`,
      `cat /proc/${process.pid}/environ 2>&1 | head -c 60`,
      'echo "x:=1" >> "$REPRISE_OUTPUT"',
    ].join('\n');
    expect(await run(command)).toMatchObject({ type: 'succeeded', outputs: { x: 1 } });
    const lines = outOf(dir).split('\n');
    expect(lines[0]).toBe(`${user.uid} ${user.gid} ${user.home} nobody`);
    for (const line of lines.slice(1, 4)) expect(line).toMatch(/Permission denied/i);
    const masked = await run('', {
      nodeId: 'b',
      work: {
        kind: 'command',
        run: 'id -un; echo "$TOKEN"; echo "y=$TOKEN" > "$REPRISE_OUTPUT"',
        secrets: ['TOKEN'],
      },
    });
    expect(masked).toMatchObject({ type: 'succeeded', outputs: { y: '***' } });
    expect(outOf(dir, 'b')).toBe('nobody\n***\n');
    expect(statSync(join(dir, 'job', 'attempts', 'a.1.out')).uid).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });
});

describe('the command around each command', () => {
  it('gets it as the last arguments, a shell with its text, in its directory and environment', async () => {
    const { dir, run } = harness({ isolate: `printf '<%s>\\n' "$PWD" "$REPRISE_NODE"`, cwd: '/' });
    await run('echo "it\'s" $1 | cat');
    expect(outOf(dir)).toBe('</>\n<a>\n</bin/sh>\n<-c>\n<-->\n<echo "it\'s" $1 | cat>\n');
  });

  it('passes output, outputs and exit status on', async () => {
    const { dir, run } = harness({ isolate: 'env INSIDE=yes' });
    const report = await run('echo "$INSIDE"; echo "x:=1" > "$REPRISE_OUTPUT"; exit 0');
    expect(report).toMatchObject({ type: 'succeeded', outputs: { x: 1 } });
    expect(outOf(dir)).toBe('yes\n');
    expect(await run('exit 42', { nodeId: 'b' })).toMatchObject({ failure: { exitCode: 42 } });
    expect(await harness({ isolate: '/no/such/program' }).run('true')).toMatchObject({
      failure: { kind: 'exit', exitCode: 127 },
    });
  });

  it('finds the file for outputs there, and the names of the variables that are not of this machine', async () => {
    const { dir, run } = harness({
      env: { PASSED: 'p' },
      isolate: `test -f "$REPRISE_OUTPUT" && env -i PATH="$PATH" $(for n in $REPRISE_ENV; do eval "printf '%s=%s ' $n \\"\\$$n\\""; done)`,
    });
    await run('echo "$PASSED $REPRISE_PARAM_BRANCH $REPRISE_ATTEMPT_ID ${HOME-none}"', {
      parameters: { branch: 'main' },
    });
    expect(outOf(dir)).toBe('p main job/a/1 none\n');
  });

  it('is signalled with the command, and ended with it', async () => {
    const { dir, executor, ending } = harness({ isolate: 'env' });
    await executor.submit(request('trap "echo told; exit 0" TERM; echo $$; while :; do sleep 0.05; done'));
    const pid = await until(() => Number(outOf(dir)) || undefined, 'the command');
    await executor.cancel({ jobId: 'job', nodeId: 'a', attempt: 1 }, 'enough');
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled' } });
    expect(outOf(dir)).toContain('told');
    await until(() => !runs(pid), 'the end of the command');
  });

  it('stands inside of what masks secrets', async () => {
    const { dir, run } = harness({ isolate: 'env', secrets: { resolve: async () => 'hunter2-secret' } });
    await run('', { work: { kind: 'command', run: 'echo "$TOKEN $REPRISE_ENV"', secrets: ['TOKEN'] } });
    expect(outOf(dir)).toMatch(/^\*\*\* .*REPRISE_OUTPUT.* TOKEN\n$/);
    expect(outOf(dir)).not.toContain('hunter2');
  });
});

describe('a program that is made of functions', () => {
  it('runs also where the compiler names them', () => {
    const named = Object.assign(() => undefined, {
      toString: () => `function () { __name(() => 1, 'x'); return 7; }`,
    });
    expect(new Function(programOf({ named }, 'return named();'))()).toBe(7);
  });
});
