import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RepriseError } from '../../../../../lib/core/errors';
import type { AttemptRequest } from '../../../../../lib/core/ports/execution';
import type { Secrets } from '../../../../../lib/core/ports/secrets';
import { cleanUp, harness, readIfThere, request, until } from './harness';

afterEach(cleanUp);

const SECRET = 'hunter2/and "more"\nof it';

function known(values: Record<string, string>): Secrets {
  return {
    async resolve(name) {
      const value = values[name];
      if (value === undefined)
        throw new RepriseError('SECRET_NOT_FOUND', `the secret ${name} is not known: tell it`);
      return value;
    },
  };
}

const withSecrets = (run: string, secrets = ['TOKEN']): Partial<AttemptRequest> => ({
  work: { kind: 'command', run, secrets },
});

const keeper = (values: Record<string, string> = { TOKEN: SECRET }) => harness({ secrets: known(values) });

/** All that is left on disk of all attempts. */
function kept(dir: string): string {
  const attempts = join(dir, 'job', 'attempts');
  return readdirSync(attempts, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${name}\n${readFileSync(join(attempts, name), 'utf8')}`)
    .join('\n');
}

const seen = (text: string) =>
  ['hunter2', 'of it', Buffer.from(SECRET).toString('base64').slice(0, 20)].filter((part) =>
    text.includes(part),
  );

describe('a secret that a command names', () => {
  it('comes to it as a variable, and to no other command', async () => {
    const { dir, run } = keeper({ TOKEN: 'hunter2' });
    await run('', withSecrets('test "$TOKEN" = hunter2 && echo right'));
    await run('echo "got=${TOKEN-nothing}" >> "$REPRISE_OUTPUT"', { nodeId: 'b' });
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toBe('right\n');
    expect(readIfThere(join(dir, 'job', 'attempts', 'b.1.outputs'))).toBe('got=nothing\n');
  });

  it('is masked in logs, outputs and the failure, whatever form it is printed in', async () => {
    const { dir, run } = keeper();
    const print =
      'echo "$TOKEN"; echo "$TOKEN" | base64 >&2; printf "%s" "$TOKEN" | od -An -tx1 | tr -d " \\n"';
    const hand = 'printf "a=%s\\n" "$(echo "$TOKEN" | head -1)" > "$REPRISE_OUTPUT"';
    const good = await run('', withSecrets(`${print}; ${hand}`));
    expect(good).toMatchObject({ type: 'succeeded', outputs: { a: '***' } });
    const bad = await run('', { nodeId: 'b', ...withSecrets('echo "no access with $TOKEN" >&2; exit 3') });
    expect(bad).toMatchObject({ failure: { message: 'exit status 3\nno access with ***', exitCode: 3 } });
    expect(seen(kept(dir))).toEqual([]);
  });

  it('is masked where it comes in pieces', async () => {
    const { dir, run } = keeper({ TOKEN: 'hunter2-secret' });
    await run('', withSecrets('printf hunter; sleep 0.1; printf 2-sec; sleep 0.1; echo ret is it'));
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toBe('*** is it\n');
  });

  it('is masked in the outputs of a command that is killed', async () => {
    const { dir, executor, ending } = keeper();
    const command = 'echo "a=$TOKEN" > "$REPRISE_OUTPUT"; echo "$TOKEN"; trap "" TERM; echo ready; sleep 30';
    await executor.submit(request('', withSecrets(command)));
    await until(() => kept(dir).includes('ready'), 'the command');
    await executor.cancel({ jobId: 'job', nodeId: 'a', attempt: 1 }, 'enough');
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled' } });
    expect(seen(kept(dir))).toEqual([]);
    expect(readdirSync(join(dir, 'job', 'attempts')).filter((name) => name.endsWith('.raw'))).toEqual([]);
  });

  it('is lost with the outputs where nobody knows it any more', async () => {
    const first = keeper();
    const command = 'echo "a=$TOKEN" > "$REPRISE_OUTPUT"; echo ready; sleep 30';
    await first.executor.submit(request('', withSecrets(command)));
    await until(() => kept(first.dir).includes('ready'), 'the command');
    await first.executor.close();
    const second = harness({ dir: first.dir, secrets: known({}) });
    await second.executor.submit(request('', withSecrets(command)));
    await second.executor.cancel({ jobId: 'job', nodeId: 'a', attempt: 1 }, 'enough');
    expect(await second.ending()).toMatchObject({ failure: { kind: 'cancelled' } });
    expect(seen(kept(first.dir))).toEqual([]);
  });

  it('fails the attempt before anything runs where it is not known, and says all that is missing', async () => {
    const { dir, run } = keeper();
    const report = await run('', withSecrets(`touch ${'ran'}`, ['TOKEN', 'OTHER', 'THIRD']));
    expect(report).toMatchObject({
      type: 'failed',
      failure: {
        kind: 'spawn',
        message:
          'the command was not started: the secret OTHER is not known: tell it; the secret THIRD is not known: tell it',
      },
    });
    expect(readdirSync(join(dir, 'job', 'attempts'))).not.toContain('a.1.out');
  });

  it('cancels an attempt for which it is still looked up', async () => {
    let give = (_value: string) => {};
    const given = new Promise<string>((resolve) => {
      give = resolve;
    });
    const { executor, ending, reports } = harness({ secrets: { resolve: () => given } });
    const submitted = executor.submit(request('', withSecrets('true')));
    await executor.cancel({ jobId: 'job', nodeId: 'a', attempt: 1 }, 'too late');
    give('value');
    await submitted;
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled', message: 'too late' } });
    expect(reports.map(({ report }) => report.type)).not.toContain('started');
  });
});

describe('a command with secrets', () => {
  it.each([
    ['exit 7', 7],
    ['kill -9 $$', 137],
    ['no-such-program', 127],
    ['trap "exit 9" TERM; kill $$', 9],
    ['set -e; false; echo unreached', 1],
  ])('ends with the status it would have: %s', async (command, exitCode) => {
    expect(await keeper().run('', withSecrets(command))).toMatchObject({ failure: { exitCode } });
  });

  it('may open its own output and errors by name', async () => {
    const { dir, run } = keeper();
    await run(
      '',
      withSecrets('echo one > /dev/stdout; echo two > /dev/stderr; echo three >> /proc/self/fd/1'),
    );
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toBe('one\nthree\n');
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.err'))).toBe('two\n');
  });

  it('ends when it ends, whoever still holds its output, and takes what it started with it', async () => {
    const { dir, run } = keeper();
    expect(await run('', withSecrets('(while :; do echo more; done) & echo mine; exit 4'))).toMatchObject({
      failure: { exitCode: 4 },
    });
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toContain('mine\n');
  });

  it('gets time to end after SIGTERM', async () => {
    const { dir, executor, ending } = keeper();
    await executor.submit(
      request(
        '',
        withSecrets(`trap 'echo "cleaned $TOKEN"; exit 0' TERM; echo ready; while :; do sleep 0.05; done`),
      ),
    );
    await until(() => kept(dir).includes('ready'), 'the command');
    await executor.cancel({ jobId: 'job', nodeId: 'a', attempt: 1 }, 'enough');
    await ending();
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toContain('cleaned ***');
  });

  it('is not changed by what its environment says to Node.js, and gets that itself', async () => {
    const secrets = known({ TOKEN: SECRET });
    const env = { NODE_OPTIONS: '--require /nonexistent.js', NODE_PATH: '/x' };
    const { dir, run } = harness({ secrets, env });
    await run('', withSecrets('env | grep -E "NODE|HELD"'));
    expect(
      readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))
        .split('\n')
        .filter(Boolean)
        .sort(),
    ).toEqual(['NODE_OPTIONS=--require /nonexistent.js', 'NODE_PATH=/x', 'REPRISE_NODE=a']);
  });

  it('has files that are for their user alone', async () => {
    const { dir, run } = keeper();
    await run('', withSecrets('echo "$TOKEN"; echo "a=b" > "$REPRISE_OUTPUT"'));
    const attempts = join(dir, 'job', 'attempts');
    const open = readdirSync(attempts).filter((name) => (statSync(join(attempts, name)).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it('survives the process that started it, its output masked all the same', async () => {
    const first = keeper();
    const command = 'sleep 0.3; echo "late $TOKEN"; echo "a=$TOKEN" > "$REPRISE_OUTPUT"';
    await first.executor.submit(request('', withSecrets(command)));
    await until(() => kept(first.dir).includes('a.1.raw'), 'the command');
    await until(() => /\d\n/.test(readIfThere(join(first.dir, 'job', 'attempts', 'a.1.claim'))), 'the claim');
    await first.executor.close();
    const second = harness({ dir: first.dir, secrets: known({}) });
    await second.executor.submit(request('', withSecrets(command)));
    await second.ending();
    expect(kept(first.dir)).toContain('late ***');
    expect(seen(kept(first.dir))).toEqual([]);
  });

  it('is started by a launcher as by ourselves', async () => {
    const { dir, run } = harness({ secrets: known({ TOKEN: SECRET }), startedHere: 0 });
    await run('', withSecrets('echo "[$TOKEN]"'));
    expect(readIfThere(join(dir, 'job', 'attempts', 'a.1.out'))).toBe('[***]\n');
  });
});
