import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { itemVariable, itemVariables } from '../../../../../lib/core/dag/condition/items';
import { placeProblems, withReferences } from '../../../../../lib/core/dag/shell/references';
import { temporaryDir } from '../../../../support/e2e-files';

const filled = (run: string) => withReferences(run, itemVariable);
const problems = (run: string) => placeProblems(run, itemVariable).join('\n');

/** Values that an upstream command may have written. */
const HOSTILE = [
  "it's",
  '"quoted"',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '$(touch pwned)',
  '`touch pwned`',
  '${PATH}',
  '* ? [a-z]*',
  '-rf --help -n',
  'a\nb\n',
  'END\ntouch pwned\n',
  '\\',
  '\\" \\$(touch pwned) \\\\',
  'a & touch pwned | cat ; touch pwned # x',
  '{{ item }} ${REPRISE_ITEM}',
  '  spaces\tand\ttabs  ',
  '',
  '~root !! %s %n',
  'a[$(touch pwned)]',
  'é漢字🙂',
];

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash'].filter(existsSync);

/** What a command prints for a value, in a directory where a value that ran as code would leave a file. */
function run(shell: string, command: string, item: unknown): string {
  const cwd = temporaryDir();
  const env = { PATH: process.env.PATH ?? '', ...itemVariables(item) };
  // A socket for its standard input would make bash read its startup files.
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const stdout = execFileSync(shell, ['-c', filled(command)], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: [...stdio],
  });
  expect(readdirSync(cwd)).toEqual([]);
  return stdout;
}

/** Each prints the value once, ended by a line of its own. */
const PRINTING = [
  `printf '%s\\n' {{ item }}`,
  `printf '%s\\n' "{{ item }}"`,
  `printf '%s\\n' "$(printf '%s\\n.' {{ item }} | sed '$d')" | cat`,
  `cat <<END\n{{ item }}\nEND`,
  `cat <<-END\n\t{{ item }}\n\tEND\n`,
  `value={{ item }}; printf '%s\\n' "$value"`,
  `value={{ item }} sh -c 'printf "%s\\n" "$value"'`,
  `sh -c 'printf "%s\\n" "$1"' _ {{ item }}`,
  `export value="{{ item }}" && sh -c 'printf "%s\\n" "$value"'`,
  `if [ {{ item }} = {{ item }} ]; then printf '%s\\n' {{ item }}; fi`,
  `case {{ item }} in {{ item }}) printf '%s\\n' {{ item }} ;; *) echo other ;; esac`,
  `for value in {{ item }}; do printf '%s\\n' "$value"; done # for {{ item }}`,
  `(printf '%s\\n' {{ item }}) | cat`,
  `printf '%s\\n' ''{{ item }}""`,
  `f() { printf '%s\\n' "$1"; }; f {{ item }}`,
];

describe('a placeholder in a command', () => {
  it.each(SHELLS)('is one word of it for %s, and nothing but data, whatever its value', (shell) => {
    for (const command of PRINTING) {
      expect(problems(command)).toBe('');
      for (const item of HOSTILE) {
        if (command.includes('$(printf') && item.endsWith('\n')) continue;
        expect({ command, item, printed: run(shell, command, item) }).toEqual({
          command,
          item,
          printed: `${item}\n`,
        });
      }
    }
  });

  it('is a part of a word where it stands in one', () => {
    expect(run('/bin/sh', `printf '%s|' --name={{ item }}.txt "a {{ item }} b"`, 'x  y')).toBe(
      '--name=x  y.txt|a x  y b|',
    );
  });

  it('has the parts of an object, and the object as JSON', () => {
    const item = { name: "it's", n: 3, 'not-one': 1 };
    expect(run('/bin/sh', `printf '%s|' {{ item.name }} {{item.n}} {{ item }}`, item)).toBe(
      `it's|3|{"name":"it's","n":3,"not-one":1}|`,
    );
  });

  it.each([
    ['{{ item.size }}', { name: 'x' }],
    ['{{ item.name }}', 'no object'],
    ['{{ item.name }}', { name: 'x', NAME: 'y' }],
  ])('%s fails the command where the item is %j', (placeholder, item) => {
    const { status, stderr } = spawnSync('/bin/sh', ['-c', filled(`echo ${placeholder}; echo on`)], {
      env: { ...itemVariables(item) },
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('REPRISE_ITEM_');
  });

  it('leaves everything else of the command as it is', () => {
    const command = `docker ps --format '{{.Names}}' && echo {{ index1 }} {{ other }} \${HOME} $$ "\${X:-y}" # done`;
    expect(filled(command)).toBe(command);
    expect(problems(command)).toBe('');
  });
});

describe('a place in a command', () => {
  it.each([
    [`echo '{{ item }}'`, 'single quotes'],
    [`echo $'{{ item }}'`, 'single quotes'],
    [`sh -c 'echo {{ item }}'`, 'single quotes'],
    ["cat <<'END'\n{{ item }}\nEND", 'whose delimiter is in quotes'],
    ['cat <<\\END\n{{ item }}\nEND', 'whose delimiter is in quotes'],
    ['echo `cat {{ item }}`', 'backquotes'],
    ['echo "`cat {{ item }}`"', 'backquotes'],
    ['echo ${X:-{{ item }}}', '${...}'],
    ['echo $(( {{ item }} + 1 ))', 'where a shell calculates'],
    ['(( x = {{ item }} ))', 'where a shell calculates'],
    ['echo $[ {{ item }} ]', 'where a shell calculates'],
    ['a[{{ item }}]=1', 'where a shell calculates'],
    ['echo \\{{ item }}', 'behind a backslash or a dollar'],
    ['echo "\\{{ item }}"', 'behind a backslash or a dollar'],
    ['echo ${{ item }}', 'behind a backslash or a dollar'],
    ['echo "${{ item }}"', 'behind a backslash or a dollar'],
    [`${'( '.repeat(60)}echo {{ item }}${')'.repeat(60)}`, 'in too many parentheses'],
  ])('%s is refused for its quoting', (command, why) => {
    expect(problems(command)).toContain(why);
    expect(problems(command)).toContain('write "$REPRISE_ITEM" where its value is wanted as text');
    expect(filled(command)).toBe(command);
  });

  it.each([
    ['sh -c "echo {{ item }}"', 'sh -c'],
    ['bash -ec "echo {{ item }}"', 'bash -ec'],
    ['/bin/bash -o pipefail -c "echo {{ item }}"', 'bash -c'],
    ['docker exec web sh -c "ls {{ item }}"', 'sh -c'],
    ['sudo -u web env A=b sh -c "ls {{ item }}"', 'sh -c'],
    ['find . -exec sh -c "rm {{ item }}" \\;', 'sh -c'],
    ['sh -c "$(echo {{ item }})"', 'sh -c'],
    ['eval "x={{ item }}"', 'eval'],
    ['eval echo {{ item }}', 'eval'],
    ['ssh host "ls {{ item }}"', 'ssh'],
    ['su web -c "ls {{ item }}"', 'su'],
    ['trap "rm {{ item }}" EXIT', 'trap'],
    ['let x={{ item }}', 'let'],
    ['[[ {{ item }} -eq 1 ]]', '[['],
    ['unset {{ item }}', 'unset'],
    ['export {{ item }}', 'export'],
    ['python3 -c "print({{ item }})"', 'python3 -c'],
    ['node -e "console.log({{ item }})"', 'node -e'],
    ['node --import tsx --eval="x({{ item }})"', 'node --eval'],
    ['perl -ne "print {{ item }}" file', 'perl -ne'],
    ['sh <<END\necho {{ item }}\nEND', 'sh'],
    ['bash -s <<END\necho {{ item }}\nEND', 'bash'],
    ['bash <<< "echo {{ item }}"', 'bash'],
    ['python3 - <<END\nprint({{ item }})\nEND', 'python3'],
    ['ssh host <<END\nls {{ item }}\nEND', 'ssh'],
    ['echo "ls {{ item }}" | sh', 'sh'],
    ['echo "ls {{ item }}" | tee log | bash -e', 'bash'],
    ['(echo ls; echo {{ item }}) | sh', 'sh'],
    ['for i in 1 2; do echo {{ item }}; done | sh', 'sh'],
    ['{ echo {{ item }}; } | sh', 'sh'],
    ["echo {{ item }} | xargs -I% sh -c 'ls %'", 'sh of xargs'],
    ['. <(echo {{ item }})', '.'],
    ['bash <(echo {{ item }})', 'bash'],
    ['watch "ls {{ item }}"', 'watch'],
  ])('%s is refused, as the value would be code', (command, reader) => {
    expect(problems(command)).toContain(`{{ item }} would be code to ${reader}: write "$REPRISE_ITEM"`);
    expect(filled(command)).toBe(command);
  });

  it.each([
    'bash ./run.sh {{ item }}',
    'sh -e ./run.sh "{{ item }}"',
    'sh -c \'echo "$1"\' _ {{ item }}',
    'NAME={{ item }} sh -c \'echo "$NAME"\'',
    'node --import tsx test.ts {{ item }}',
    'python3 -m pytest -k {{ item }}',
    'npm run {{ item }}',
    '{{ item }} --version',
    'grep -e {{ item }} file | sort -c',
    'echo {{ item }} > {{ item }}.txt 2>&1',
    'echo {{ item }} && sh ./next.sh',
    'cat list | sh ./each.sh {{ item }}',
    'export NAME={{ item }}',
    'if true; then echo {{ item }}; fi | cat',
    'x=$(case {{ item }} in a) echo 1 ;; esac); echo "$x"',
    '# see {{ item }}\necho on',
  ])('%s is as good as any', (command) => {
    expect(problems(command)).toBe('');
    expect(filled(command)).not.toContain('{{');
  });
});
