import { type Command, CommanderError } from 'commander';
import { whyNot } from '../adapters/embedded/disk/why-not';
import { isRepriseError, RepriseError } from '../core/errors';
import { isRecorded } from './audited';
import { isCommand, programFor } from './commands';
import { EXIT } from './exit';
import { hideToken } from './own-token';
import { isPrinted } from './print';
import { readyJournals } from './ready-journals';
import { errorDocument, errorText } from './render/error';
import { settleTarget, targetHint } from './target';

/** Runs one command line and sets the exit status; never throws. */
export async function main(given: readonly string[]): Promise<void> {
  hideToken(given);
  const argv = helpAsOption(given);
  for (const stream of [process.stdout, process.stderr])
    stream.off('error', outputLost).on('error', outputLost);
  let ran: Command | undefined;
  let failure: unknown;
  try {
    if (argv[2] === 'complete') return await (await import('./complete')).complete(argv.slice(4));
    const program = await programFor(argv);
    program.hook('preAction', async (_, command) => {
      ran = command;
      await settleTarget(command, process.env);
      await readyJournals(command);
    });
    await program.parseAsync(argv as string[]);
  } catch (error) {
    failure = error;
    process.exitCode = report(error, argv.includes('--json'));
    const hint = ran && targetHint(ran);
    if (hint !== undefined) process.stderr.write(`reprise: ${hint}\n`);
  }
  if (ran && isRecorded(ran)) await (await import('./audit-record')).recordCommand(ran, failure);
}

/** `help dlq redrive` is `dlq redrive --help`; behind `help` too, a word that is no command is told to be none. */
function helpAsOption(argv: readonly string[]): readonly string[] {
  const [node = '', file = '', first, ...words] = argv;
  if (first !== 'help' || words[0] === undefined) return argv;
  return [node, file, ...words, ...(isCommand(words[0]) ? ['--help'] : [])];
}

let isOutputLost = false;

/**
 * What is under way still ends in order. Whoever read the output of `reprise ... | head` has seen enough; where it goes to a file that takes
 * no more of it, the exit status says so.
 */
function outputLost(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || isOutputLost) return;
  isOutputLost = true;
  process.stderr.write(`reprise: cannot write the output: ${whyNot('write', error)}\n`);
  process.once('exit', () => {
    process.exitCode = process.exitCode || EXIT.usage;
  });
}

/** With `--json` an error is the document that is printed; what people read goes to standard error in any case. */
function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // What is wrong it has said itself.
    const message = error.message.replace(/^error: /, '');
    if (json) process.stdout.write(errorDocument(new RepriseError('INPUT_INVALID', message)));
    return EXIT.usage;
  }
  const known = isRepriseError(error) ? error : refusedBySystem(error);
  if (known) {
    process.stderr.write(errorText(known));
    if (json && !isPrinted(error)) process.stdout.write(errorDocument(known));
    return EXIT.usage;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  if (json && !isPrinted(error))
    process.stdout.write(errorDocument(new RepriseError('INTERNAL', String(error))));
  return EXIT.failed;
}

/** What this machine does not let a command do: the message of the system names the file, and where it was read or written helps nobody. */
function refusedBySystem(error: unknown): RepriseError | undefined {
  if (!(error instanceof Error) || !('syscall' in error && 'path' in error)) return undefined;
  return new RepriseError('INPUT_INVALID', `this machine refuses it: ${error.message}`, { cause: error });
}
