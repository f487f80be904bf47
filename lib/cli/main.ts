import { Command, CommanderError } from 'commander';
import { isRepriseError, type RepriseError } from '../core/errors';
import { registerAgent } from './agent';
import { registerCompile } from './compile';
import { registerGraph } from './graph';
import { registerImport } from './import';
import { registerJournal } from './journal';
import { EXIT } from './options';
import { registerResume } from './resume';
import { registerRun } from './run';
import { registerSimulate } from './simulate';
import { registerToken } from './token';

export function buildProgram(): Command {
  const program = new Command('reprise')
    .description('Runs test-execution graphs to the end, whatever fails on the way.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  registerCompile(program);
  registerSimulate(program);
  registerGraph(program);
  registerImport(program);
  registerRun(program);
  registerResume(program);
  registerJournal(program);
  registerAgent(program);
  registerToken(program);
  return program;
}

/** Runs one command line and sets the exit status; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  try {
    await buildProgram().parseAsync(argv as string[]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Whoever read the output has seen enough (`reprise ... | head`): what is under way still ends in order. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (isRepriseError(error)) {
    process.stderr.write(`${describe(error)}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

function describe(error: RepriseError): string {
  const lines = error.problems.map((problem) => `  ${problem.message}`);
  return [`reprise: ${error.message}`, ...(lines.length > 1 ? lines : [])].join('\n');
}
