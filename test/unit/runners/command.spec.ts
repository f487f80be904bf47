import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { changed, parseCommand } from '../../../lib/runners/command';
import { readWords } from '../../../lib/runners/words';

describe('a command of plain words', () => {
  it.each([
    ['jest --ci', 'jest'],
    ['CI=1 FORCE_COLOR=0 npx --yes jest --ci', 'jest'],
    ['npx --no vitest run', 'vitest'],
    ['npx -p @playwright/test playwright test', 'playwright'],
    ['npm exec -- mocha', 'mocha'],
    ['pnpm exec jest', 'jest'],
    ['yarn jest', 'jest'],
    ['node_modules/.bin/jest', 'jest'],
    ['node --experimental-vm-modules node_modules/jest/bin/jest.js --ci', 'jest'],
    ['node --test test/', 'node'],
    ['python3 -m pytest -q', 'pytest'],
    ['poetry run pytest', 'pytest'],
    ['uv run --frozen pytest', 'pytest'],
    ['"npx" \'jest\'', 'jest'],
  ])('%s runs %s', (text, program) => {
    expect(parseCommand(text)).toMatchObject({ program, isScript: false });
  });

  it.each(['npm test', 'npm run unit', 'npm run unit -- --ci'])(
    '%s hides its program in a script',
    (text) => {
      expect(parseCommand(text)).toMatchObject({ program: '', isScript: true });
    },
  );

  it.each([
    ...[
      'jest; true',
      'jest && true',
      'jest | tee log',
      'jest > log',
      'jest &',
      '(jest)',
      '{ jest; }',
      'cd a && jest',
    ],
    ...[
      'jest `x`',
      'jest $(x)',
      'jest "$(x)"',
      'jest\nmocha',
      'if jest',
      'jest # not',
      'jest "open',
      "jest 'open",
    ],
    ...['', '  ', 'A=b', '$RUNNER --ci', 'jest \\\n--ci', 'jest \\'],
  ])('is not %j, where nobody knows where arguments would go', (text) => {
    expect(parseCommand(text)).toBeUndefined();
  });

  it('keeps what the shell expands as it is written', () => {
    expect(
      readWords('jest "$DIR/a" *.js \'$b\' ${C}')?.map(({ text, isLiteral }) => [text, isLiteral]),
    ).toEqual([
      ...[
        ['jest', true],
        ['$DIR/a', false],
        ['*.js', false],
        ['$b', true],
        ['${C}', false],
      ],
    ]);
  });
});

describe('a changed command', () => {
  const change = (text: string, drop: readonly string[], add: readonly string[], where?: 'front') => {
    const command = parseCommand(text);
    if (!command) throw new Error(text);
    const words = command.args.filter((word) => drop.includes(word.text));
    return changed(command, { drop: words, add, ...(where ? { where } : {}) });
  };

  it('loses and gains arguments, and nothing else', () => {
    expect(change('CI=1 npx jest --ci -t "a b" x', ['-t', 'a b'], ['-t', "it's"])).toBe(
      "CI=1 npx jest --ci x -t 'it'\\''s'",
    );
  });

  it('gains them in front of the others', () => {
    expect(change('node --test --test-shard=1/2 a.js', ['--test-shard=1/2'], ['--x=1'], 'front')).toBe(
      'node --x=1 --test a.js',
    );
  });

  it('gains those of a script behind its mark', () => {
    expect(change('npm test', [], ['-t', 'a'])).toBe('npm test -- -t a');
    expect(change('npm test -- --ci', [], ['-t', 'a'])).toBe('npm test -- --ci -t a');
    expect(change('npm test', [], [])).toBe('npm test');
  });

  it('is read by a shell as the words that were meant', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((value) => !value.includes('\0') && value.isWellFormed());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (added) => {
        const command = change('printf %s\\\\0', [], added);
        const out = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
        expect(out.split('\0').slice(0, -1)).toEqual(added);
      }),
      { numRuns: 30 },
    );
  });
});
