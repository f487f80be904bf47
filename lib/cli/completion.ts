import { Argument, type Command } from 'commander';
import { print } from './print';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof SHELLS)[number];

/** What the shell calls. */
const NAME = 'reprise';

/** `reprise completion SHELL`: what a shell evaluates to complete our commands and options. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in the shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .option('--json', 'print one JSON document: the shell and its script')
    .action(async (shell: Shell, { json }: { readonly json?: boolean }) => {
      const script = await scriptFor(shell);
      print({ json }, { shell, script }, () => script);
    });
}

/** What the library prints for bash evaluates the words that were typed, and needs a package of functions; this does not. */
const BASH = `# bash completion for ${NAME}
_${NAME}_complete() {
  local words=() word value rest
  # What readline takes apart at "=" is one word of ours.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ( $word == "=" || $joined == 1 ) && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+=$word
      [[ $word == "=" ]] && local joined=1 || joined=0
    else
      words+=("$word")
      local joined=0
    fi
  done
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    [[ $value == :* ]] || COMPREPLY+=("$value")
  done < <(command ${NAME} complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _${NAME}_complete ${NAME}
`;

async function scriptFor(shell: Shell): Promise<string> {
  if (shell === 'bash') return BASH;
  const { script } = await import('@bomb.sh/tab');
  return captured(() => script(shell, NAME, NAME));
}

/** What the library prints by itself, as text. */
function captured(print: () => void): string {
  const log = console.log;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    print();
  } finally {
    console.log = log;
  }
  return `${lines.join('\n')}\n`;
}

/** What stands for a kind of word, such as the id of a job: names that there are, sought when they are asked for. */
export type Names = Readonly<Record<string, () => readonly string[]>>;

/**
 * What may come next on a command line, for the scripts of `completion`: a value and what it is on each line, then how the
 * shell takes them; where nothing is known, it offers files.
 * @param program with the commands that the line may be about
 * @param words of the line after the name of the program, the last one as far as it is typed
 * @param names of arguments and of values of options, by what the help calls them
 */
export async function completions(
  program: Command,
  words: readonly string[],
  names: Names = {},
): Promise<string> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  const known = tab(program, { completionCommandName: 'completion' });
  for (const { options, arguments: args } of known.commands.values()) {
    for (const named of [...args.values(), ...options.values()]) {
      const find = names['name' in named ? named.name : named.value];
      if (!find) continue;
      named.handler = (offer) => {
        for (const name of find()) offer(name, '');
      };
    }
  }
  const text = captured(() => known.parse([...words]));
  return /^:\d+$/.test(text.trim()) ? ':0\n' : text;
}
