import type { Argument, Command, Option } from 'commander';
import { isHidden, wordsOf } from '../audited';
import { EXAMPLES } from '../examples';

/** The reference of the command line, in Markdown. @param groups headings, each with the names of its commands */
export function cliReference(
  program: Command,
  groups: readonly (readonly [heading: string, names: readonly string[]])[],
): string {
  const named = (name: string) => program.commands.find((command) => command.name() === name)!;
  const parts = groups.flatMap(([heading, names]) => [
    `\n## ${heading.replace(/:$/, '')}\n`,
    `\n| command | does |\n| --- | --- |\n`,
    ...names.map((name) => `| [\`${name}\`](#reprise-${name}) | ${cell(named(name).summary())} |\n`),
    ...names.flatMap((name) => sections(named(name))),
  ]);
  return `${HEAD}${parts.join('')}`;
}

const HEAD = `# The command line

<!-- Written by \`npm run -s cli-reference\`, from the commands themselves. -->

\`reprise COMMAND --help\` prints what stands here. \`reprise completion bash\` (zsh, fish, powershell) makes the shell complete
commands, options, ids of jobs and names of profiles.

## What holds for all of them

**Which engine.** A command that asks about jobs speaks to a deployed engine, or to this machine: the daemon of \`--journal\`, or
the files of that directory, whoever runs the jobs. The first of these that is there counts:

1. \`--api URL\`
2. \`--profile NAME\`; \`local\` is this machine
3. \`--journal DIR\`: this machine
4. \`REPRISE_API\`
5. \`REPRISE_PROFILE\`
6. the profile in use (\`reprise profile use NAME\`)
7. this machine, with the directory \`.reprise\`

\`run\`, \`serve\`, \`annotate\`, \`report\` and whatever else only reads or writes files here never ask an engine. \`doctor\` asks one only
where its command line names it, and \`agent\` takes \`--api\` or \`REPRISE_API\` alone. After an error of an engine that the command
line does not name, its address is said.

**Which token.** \`--token\`, \`--token-file\`, then \`REPRISE_TOKEN_FILE\` and \`REPRISE_TOKEN\`, then that of the profile. A profile that
the command line names uses no variable, as that may hold the token of another engine; the token of a profile never goes to
another address. A daemon of this machine has its token in \`server.json\`, and needs none of these.

**Profiles** are in \`$XDG_CONFIG_HOME/reprise/profiles.json\` (\`~/.config\` where that is not set), tokens that are kept for them in
files of their own beside it, for their user alone (mode 0600). A file of a token that others may read is refused.

**Output.** With \`--json\` a command prints one JSON document on standard output, or JSON Lines where it says so (\`watch\`, \`logs\`,
\`submit --watch\`), and nothing else there; an error is \`{"error": {"code", "message"}}\`. Progress goes to standard error; on a
terminal a bar shows how far a job is. Colours are for terminals: \`NO_COLOR\` turns them off everywhere, \`FORCE_COLOR\` on.

**Exit status.** 0 done, 1 the job failed (or what was examined is not in order), 2 the input or the usage was wrong, 130 after a
second Ctrl-C.
`;

/** Each command that does something, those below a name one after the other. */
function sections(command: Command): string[] {
  const own = command.commands.filter((each) => !isHidden(each));
  const does = command.commands.length === 0 || command.options.some(({ hidden }) => !hidden);
  const head = `\n### reprise ${wordsOf(command)}\n`;
  const alias = command.alias() ? `\nAlso \`reprise ${command.alias()}\`.\n` : '';
  const about = `\n${sentence(command.description())}\n${alias}`;
  const body = does ? details(command) : [];
  return [head, about, ...body, ...own.flatMap(sections)];
}

function details(command: Command): string[] {
  const usage = [
    `reprise ${wordsOf(command)}`,
    ...command.registeredArguments.map(argumentWord),
    '[options]',
  ];
  const args = command.registeredArguments.filter(({ description }) => description !== '');
  const options = command.options.filter(({ hidden }) => !hidden);
  const examples = EXAMPLES[wordsOf(command)] ?? [];
  return [
    `\n\`\`\`text\n${usage.join(' ')}\n\`\`\`\n`,
    ...(args.length + options.length === 0 ? [] : ['\n| | |\n| --- | --- |\n']),
    ...args.map((arg) => row(argumentWord(arg), argumentText(arg))),
    ...options.map((option) => row(option.flags, optionText(option))),
    ...(examples.length === 0
      ? []
      : ['\n```sh parsed\n', ...examples.map(([line, does]) => `# ${does}\n${line}\n`), '```\n']),
  ];
}

function row(word: string, text: string): string {
  return `| \`${cell(word)}\` | ${cell(text)} |\n`;
}

function argumentWord(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentText({ description, argChoices, defaultValue }: Argument): string {
  return withChoices(description, argChoices, defaultValue === undefined ? undefined : String(defaultValue));
}

function optionText(option: Option): string {
  const { description, argChoices, defaultValue, defaultValueDescription: words, mandatory, envVar } = option;
  const isShown = defaultValue !== undefined && (option.required || option.optional);
  const usual = words ?? (isShown && typeof defaultValue !== 'object' ? String(defaultValue) : undefined);
  const text = withChoices(description, argChoices, usual);
  return `${text}${envVar === undefined ? '' : `; or ${envVar}`}${mandatory ? ' (required)' : ''}`;
}

function withChoices(
  text: string,
  choices: readonly string[] | undefined,
  usual: string | undefined,
): string {
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(usual === undefined ? [] : [`default: ${usual}`]),
  ];
  return [text, ...(notes.length === 0 ? [] : [text === '' ? notes.join('; ') : `(${notes.join('; ')})`])]
    .filter(Boolean)
    .join(' ');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
