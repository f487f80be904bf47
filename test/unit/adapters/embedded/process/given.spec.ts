import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, harness, readIfThere } from './harness';

afterEach(cleanUp);

const HOSTILE = `it's "quoted" $(touch pwned) \`x\` \\ *\n  two \r\n{{ item }}`;
const PRINT = 'printf "<%s>" "$VERSION"; sh -c \'printf "<%s>" "$VERSION"\'';
const work = { kind: 'command', run: PRINT, variables: { VERSION: HOSTILE } } as const;
const TWICE = `<${HOSTILE}><${HOSTILE}>`;
const outOf = (dir: string) => readIfThere(join(dir, 'job', 'attempts', 'a.1.out'));

describe('what a command is given', () => {
  it('is in its environment as it is, and in that of what it starts', async () => {
    const { dir, run } = harness();
    await run('', { work });
    expect(outOf(dir)).toBe(TWICE);
  });

  it('comes before what is passed on, and after our own', async () => {
    const { dir, run } = harness({ env: { VERSION: 'passed' } });
    const variables = { VERSION: 'given', REPRISE_ITEM: '1' };
    await run('', { work: { kind: 'command', run: 'echo "$VERSION $REPRISE_NODE"', variables } });
    expect(outOf(dir)).toBe('given a\n');
  });

  it('is given to a suite', async () => {
    const { dir, run } = harness({ suites: { smoke: 'echo "$VERSION"' } });
    await run('', { work: { kind: 'suite', suite: 'smoke', variables: { VERSION: '1.10' } } });
    expect(outOf(dir)).toBe('1.10\n');
  });

  it('comes through what stands around the command, which is not given it under its name', async () => {
    const { dir, run } = harness({ isolate: 'printf "[%s]" "${VERSION-none}"; env' });
    await run('', { work });
    expect(outOf(dir)).toBe(`[none]${TWICE}`);
  });

  it('comes through a command around it that passes on the variables of REPRISE_ENV alone', async () => {
    const { dir, run } = harness({
      isolate: `env -i PATH="$PATH" $(for n in $REPRISE_ENV; do eval "printf '%s=%s ' $n \\"\\$$n\\""; done)`,
    });
    await run('', { work: { ...work, variables: { VERSION: '1.10' } } });
    expect(outOf(dir)).toBe('<1.10><1.10>');
  });

  it('fails the command where what stands around it does not pass it on', async () => {
    const { run } = harness({ isolate: 'env -i' });
    expect(await run('', { work })).toMatchObject({
      type: 'failed',
      failure: { message: expect.stringContaining('REPRISE_WITH_VERSION') },
    });
  });

  it('comes through what masks secrets, which reads none of it', async () => {
    const { dir, run } = harness({ secrets: { resolve: async () => 'hunter2-secret' } });
    const evil = join(dir, 'evil.cjs');
    writeFileSync(evil, `require('node:fs').appendFileSync(${JSON.stringify(join(dir, 'read'))}, 'read');`);
    await run('', {
      work: {
        kind: 'command',
        run: `${PRINT}; echo "$TOKEN $NODE_OPTIONS $LD_PRELOAD \${REPRISE_WITH_VERSION-unset}"`,
        secrets: ['TOKEN'],
        variables: { VERSION: '1.10', NODE_OPTIONS: `--require ${evil}`, LD_PRELOAD: '' },
      },
    });
    expect(outOf(dir)).toBe(`<1.10><1.10>*** --require ${evil}  unset\n`);
    expect(readIfThere(join(dir, 'read'))).toBe('');
  });

  it('never takes the place of a secret, which stays masked', async () => {
    const { dir, run } = harness({ secrets: { resolve: async () => 'hunter2-secret' } });
    const variables = { TOKEN: 'given' };
    await run('', { work: { kind: 'command', run: 'echo "$TOKEN"', secrets: ['TOKEN'], variables } });
    expect(outOf(dir)).toBe('***\n');
  });
});
