import { isPlain } from '../../../../../lib/adapters/embedded/process/plain';

describe('a plain command', () => {
  it.each([
    ':',
    'make',
    'npm run test:api',
    ' ./run.sh  --shard=1/3 a@b.c ',
    '/usr/bin/env',
    'npx playwright test -g smoke',
    'true',
  ])('is a program with words: %s', (command) => {
    expect(isPlain(command)).toBe(true);
  });

  it.each([
    '',
    'a;b',
    'a && b',
    'a | b',
    'a > b',
    'a\nb',
    'a\tb',
    'echo $HOME',
    'echo `id`',
    'echo "a b"',
    "echo 'a'",
    'ls *',
    'ls ?',
    'ls [a]',
    'ls ~',
    'a {b,c}',
    'a # b',
    'a \\b',
    '! a',
    'a &',
    '(a)',
    'CI=1 npm test',
    'a ü',
  ])('is nothing in which a shell finds more: %j', (command) => {
    expect(isPlain(command)).toBe(false);
  });

  it.each([
    'exec npm test',
    'exit 3',
    '. ./env',
    'trap',
    'set -e',
    'cd dir',
    'command exec a',
    'time make',
    'if',
  ])('is nothing that the shell itself does: %s', (command) => {
    expect(isPlain(command)).toBe(false);
  });
});
