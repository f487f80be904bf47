import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { isRepriseError, RepriseError } from '../core/errors';
import { isRecorded } from './audited';
import { EXIT } from './options';
import { hideToken } from './own-token';
import { errorDocument, errorText } from './render/error';

/** By name. Loaded when it is asked for: loading all of them takes longer than most commands. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  compile: async () => (await import('./compile')).registerCompile,
  simulate: async () => (await import('./simulate')).registerSimulate,
  graph: async () => (await import('./graph')).registerGraph,
  import: async () => (await import('./import')).registerImport,
  run: async () => (await import('./run')).registerRun,
  resume: async () => (await import('./resume')).registerResume,
  retry: async () => (await import('./retry')).registerRetry,
  rollback: async () => (await import('./rollback')).registerRollback,
  share: async () => (await import('./share')).registerShare,
  unshare: async () => (await import('./share')).registerUnshare,
  explain: async () => (await import('./explain')).registerExplain,
  report: async () => (await import('./report')).registerReport,
  export: async () => (await import('./export')).registerExport,
  trace: async () => (await import('./trace')).registerTrace,
  serve: async () => (await import('./serve')).registerServe,
  flakes: async () => (await import('./flakes')).registerFlakes,
  quarantine: async () => (await import('./quarantine')).registerQuarantine,
  effectiveness: async () => (await import('./effectiveness')).registerEffectiveness,
  correct: async () => (await import('./correct')).registerCorrect,
  trigger: async () => (await import('./trigger')).registerTrigger,
  dependency: async () => (await import('./dependency')).registerDependency,
  dlq: async () => (await import('./dlq')).registerDlq,
  notify: async () => (await import('./notify')).registerNotify,
  event: async () => (await import('./event')).registerEvent,
  events: async () => (await import('./events')).registerEvents,
  classify: async () => (await import('./classify')).registerClassify,
  journal: async () => (await import('./journal')).registerJournal,
  cleanup: async () => (await import('./cleanup')).registerCleanup,
  agent: async () => (await import('./agent')).registerAgent,
  chaos: async () => (await import('./chaos')).registerChaos,
  health: async () => (await import('./health')).registerHealth,
  audit: async () => (await import('./audit')).registerAudit,
  config: async () => (await import('./config')).registerConfig,
  migrate: async () => (await import('./migrate')).registerMigrate,
  predictions: async () => (await import('./predictions')).registerPredictions,
  workers: async () => (await import('./workers')).registerWorkers,
  bottlenecks: async () => (await import('./bottlenecks')).registerBottlenecks,
  capacity: async () => (await import('./capacity')).registerCapacity,
  'what-if': async () => (await import('./what-if')).registerWhatIf,
  doctor: async () => (await import('./doctor')).registerDoctor,
  token: async () => (await import('./token')).registerToken,
};

/** @param asked the first argument: with the name of a command, the program knows that command only. */
export async function buildProgram(asked?: string): Promise<Command> {
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
  let ran: Command | undefined;
  let failure: unknown;
  try {
    const program = await buildProgram(argv[2]);
    program.hook('preAction', (_, command) => {
      ran = command;
    });
    await program.parseAsync(argv as string[]);
  } catch (error) {
    failure = error;
    process.exitCode = report(error, argv.includes('--json'));
  }
  if (ran && isRecorded(ran)) await (await import('./audit-record')).recordCommand(ran, failure);
}

/** Whoever read the output has seen enough (`reprise ... | head`): what is under way still ends in order. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** With `--json` an error is the document that is printed; what people read goes to standard error in any case. */
function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // What is wrong it has said itself.
    if (json) process.stdout.write(errorDocument(new RepriseError('INPUT_INVALID', error.message)));
    return EXIT.usage;
  }
  if (isRepriseError(error)) {
    process.stderr.write(errorText(error));
    if (json) process.stdout.write(errorDocument(error));
    return EXIT.usage;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}
