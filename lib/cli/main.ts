import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { isRepriseError, type RepriseError } from '../core/errors';
import { EXIT } from './options';
import { hideToken } from './own-token';

/** By name. Loaded when it is asked for: loading all of them takes longer than most commands. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  compile: async () => (await import('./compile')).registerCompile,
  simulate: async () => (await import('./simulate')).registerSimulate,
  graph: async () => (await import('./graph')).registerGraph,
  import: async () => (await import('./import')).registerImport,
  run: async () => (await import('./run')).registerRun,
  resume: async () => (await import('./resume')).registerResume,
  serve: async () => (await import('./serve')).registerServe,
  trigger: async () => (await import('./trigger')).registerTrigger,
  event: async () => (await import('./event')).registerEvent,
  journal: async () => (await import('./journal')).registerJournal,
  agent: async () => (await import('./agent')).registerAgent,
  doctor: async () => (await import('./doctor')).registerDoctor,
  token: async () => (await import('./token')).registerToken,
};

/** @param asked the first argument: with the name of a command, the program knows that command only. */
async function buildProgram(asked?: string): Promise<Command> {
  const program = new Command('reprise')
    .version(version)
    .description('Runs test-execution graphs to the end, whatever fails on the way.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  const names = Object.keys(COMMANDS).filter((name) => name === asked);
  for (const name of names.length > 0 ? names : Object.keys(COMMANDS)) (await COMMANDS[name]!())(program);
  return program;
}

/** Runs one command line and sets the exit status; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  hideToken(argv);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  try {
    await (await buildProgram(argv[2])).parseAsync(argv as string[]);
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
