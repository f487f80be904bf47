import { Command } from 'commander';
import { version } from '../../package.json';
import { isHidden, wordsOf } from './audited';
import { takeBefore } from './before';
import { addExamples } from './examples';

type Register = (program: Command) => void;

/** A command as the overview knows it; its module is loaded when it is asked for, which takes longer than most commands. */
interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Register>;
  readonly alias?: string;
}

/** By the headings of the overview, in its order. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'Graphs:': {
    init: {
      summary: 'write a first graph from what this folder has',
      load: async () => (await import('./init')).registerInit,
    },
    import: {
      summary: 'write a graph from a CI workflow, a task graph or a report',
      load: async () => (await import('./import')).registerImport,
    },
    export: {
      summary: 'write a CI workflow that runs a graph',
      load: async () => (await import('./export')).registerExport,
    },
    compile: {
      summary: 'compile a graph to state machines',
      load: async () => (await import('./compile')).registerCompile,
    },
    graph: {
      summary: 'draw a graph, or explain a node of it',
      load: async () => (await import('./graph')).registerGraph,
    },
    simulate: {
      summary: 'schedule a graph in virtual time',
      load: async () => (await import('./simulate')).registerSimulate,
    },
  },
  'Jobs:': {
    run: { summary: 'run a graph here', load: async () => (await import('./run')).registerRun },
    submit: {
      summary: 'give a graph to an engine',
      load: async () => (await import('./submit')).registerSubmit,
    },
    list: { summary: 'list jobs', load: async () => (await import('./list')).registerList },
    show: { summary: 'show a job and its nodes', load: async () => (await import('./show')).registerShow },
    watch: {
      summary: 'follow a job to its end',
      load: async () => (await import('./watch')).registerWatch,
    },
    logs: { summary: 'print what attempts wrote', load: async () => (await import('./logs')).registerLogs },
    cancel: {
      summary: 'cancel a job',
      load: async () => (await import('./job-commands')).registerCancel,
    },
    pause: {
      summary: 'hand out nothing more of a job',
      load: async () => (await import('./job-commands')).registerPause,
    },
    unpause: {
      summary: 'go on with a job that is paused',
      load: async () => (await import('./job-commands')).registerUnpause,
    },
    resume: {
      summary: 'go on with a job that died or failed',
      load: async () => (await import('./resume')).registerResume,
    },
    retry: {
      summary: 'try nodes of a job again',
      load: async () => (await import('./retry')).registerRetry,
    },
    rollback: {
      summary: 'undo what a job did',
      load: async () => (await import('./rollback')).registerRollback,
    },
    share: {
      summary: 'let a user use a job as its owner does',
      load: async () => (await import('./share')).registerShare,
    },
    unshare: {
      summary: 'take that back',
      load: async () => (await import('./share')).registerUnshare,
    },
  },
  'What failed, and why:': {
    explain: {
      summary: 'why a node was tried again, or not',
      load: async () => (await import('./explain')).registerExplain,
    },
    retries: {
      summary: 'what was tried again in a job',
      load: async () => (await import('./recoveries')).registerRetries,
    },
    recoveries: {
      summary: 'what was recovered in a job',
      load: async () => (await import('./recoveries')).registerRecoveries,
    },
    report: {
      summary: 'what failed and is flaky, for people and tools',
      load: async () => (await import('./report')).registerReport,
    },
    annotate: {
      summary: 'tell the CI system what failed, at its lines',
      load: async () => (await import('./annotate')).registerAnnotate,
    },
    trace: {
      summary: 'all that carries an id; traces of OpenTelemetry',
      load: async () => (await import('./trace')).registerTrace,
    },
    dlq: {
      summary: 'see to what failed for good',
      load: async () => (await import('./dlq')).registerDlq,
    },
    flakes: {
      summary: 'list flaky nodes and tests',
      load: async () => (await import('./flakes')).registerFlakes,
    },
    quarantine: {
      summary: 'make failures of known flakes warnings',
      load: async () => (await import('./quarantine')).registerQuarantine,
    },
    classify: {
      summary: 'why failures failed, by their messages',
      load: async () => (await import('./classify')).registerClassify,
    },
    correct: {
      summary: 'say of what class a failure was',
      load: async () => (await import('./correct')).registerCorrect,
    },
    effectiveness: {
      summary: 'what retries came to',
      load: async () => (await import('./effectiveness')).registerEffectiveness,
    },
  },
  'What starts jobs, and who hears of them:': {
    trigger: {
      summary: 'start jobs by the clock or by events',
      load: async () => (await import('./trigger')).registerTrigger,
      alias: 'triggers',
    },
    event: {
      summary: 'send the daemon an event',
      load: async () => (await import('./event')).registerEvent,
    },
    events: {
      summary: 'what events are published',
      load: async () => (await import('./events')).registerEvents,
    },
    notify: {
      summary: 'who is told of what happens',
      load: async () => (await import('./notify')).registerNotify,
    },
  },
  'Engine and workers:': {
    serve: { summary: 'be a daemon', load: async () => (await import('./serve')).registerServe },
    agent: {
      summary: 'be a worker of a deployed engine',
      load: async () => (await import('./agent')).registerAgent,
    },
    workers: {
      summary: 'how workers are; cordon them',
      load: async () => (await import('./workers')).registerWorkers,
    },
    queue: {
      summary: 'what waits; open, pause or drain it',
      load: async () => (await import('./queue')).registerQueue,
    },
    dependency: {
      summary: 'how external dependencies stand',
      load: async () => (await import('./dependency')).registerDependency,
    },
    health: {
      summary: 'how an engine is',
      load: async () => (await import('./health')).registerHealth,
    },
    doctor: {
      summary: 'what is wrong, and the mend',
      load: async () => (await import('./doctor')).registerDoctor,
    },
    config: {
      summary: 'how an engine is configured',
      load: async () => (await import('./config')).registerConfig,
    },
    predictions: {
      summary: 'what may be about to fail',
      load: async () => (await import('./predictions')).registerPredictions,
    },
    bottlenecks: {
      summary: 'what bounds how long jobs take',
      load: async () => (await import('./bottlenecks')).registerBottlenecks,
    },
    capacity: {
      summary: 'forecast demand, recommend a fleet',
      load: async () => (await import('./capacity')).registerCapacity,
    },
    'what-if': {
      summary: 'replay jobs on another fleet',
      load: async () => (await import('./what-if')).registerWhatIf,
    },
    chaos: {
      summary: 'try to break the engine, in virtual time',
      load: async () => (await import('./chaos')).registerChaos,
    },
  },
  'What is kept:': {
    journal: {
      summary: 'read, verify, export and replay journals',
      load: async () => (await import('./journal')).registerJournal,
    },
    audit: {
      summary: 'who asked for what, and what came of it',
      load: async () => (await import('./audit')).registerAudit,
    },
    cleanup: {
      summary: 'remove what nobody needs any more',
      load: async () => (await import('./cleanup')).registerCleanup,
    },
    migrate: {
      summary: 'bring what is kept to the layout of this version',
      load: async () => (await import('./migrate')).registerMigrate,
    },
  },
  'This command line:': {
    profile: {
      summary: 'name the engines that commands speak to',
      load: async () => (await import('./profile')).registerProfile,
    },
    token: {
      summary: 'a token for a deployment on this machine',
      load: async () => (await import('./token')).registerToken,
    },
    completion: {
      summary: 'complete commands and options in the shell',
      load: async () => (await import('./completion')).registerCompletion,
    },
  },
};

const ENTRIES = new Map(
  Object.entries(GROUPS).flatMap(([group, entries]) =>
    Object.entries(entries).map(([name, entry]) => [name, { group, ...entry }] as const),
  ),
);

function emptyProgram(): Command {
  return (
    new Command('reprise')
      .version(version)
      .description('Runs test-execution graphs to the end, whatever fails on the way.')
      .exitOverride()
      // What stands behind the name of a command is its own, though the command above it has such an option too.
      .enablePositionalOptions()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'reprise:')) })
  );
}

/** The command that a word names, by its name or its other one. */
function commandNamed(word: string | undefined): string | undefined {
  if (word === undefined || ENTRIES.has(word)) return word;
  return [...ENTRIES].find(([, { alias }]) => alias === word)?.[0];
}

/** Whether a word is a command, by its name or its other one. */
export function isCommand(word: string): boolean {
  return ENTRIES.has(commandNamed(word) ?? '');
}

/** Headings of the overview, each with the names below it. */
export function commandGroups(): readonly (readonly [heading: string, names: readonly string[]])[] {
  return Object.entries(GROUPS).map(([heading, entries]) => [heading, Object.keys(entries)]);
}

/** The program with these commands, whole; with all of them where none is named. */
export async function buildProgram(...names: readonly string[]): Promise<Command> {
  const program = emptyProgram();
  for (const [name, { group, summary, load, alias }] of ENTRIES) {
    if (names.length > 0 && !names.includes(name)) continue;
    (await load())(program);
    const command = program.commands.at(-1)!.summary(summary).helpGroup(group);
    if (alias !== undefined) command.alias(alias);
    takeBefore(command);
    sayWhereHelpIs(command);
  }
  addExamples(program);
  return program;
}

/** After what is wrong with the words of a command. */
function sayWhereHelpIs(command: Command, words = wordsOf(command)): void {
  command.showHelpAfterError(`\`reprise ${words} --help\` shows what it takes`);
  for (const each of command.commands) sayWhereHelpIs(each, isHidden(each) ? words : wordsOf(each));
}

/** The program as its overview shows it: names and summaries. No command of it does anything. */
export function overview(): Command {
  const program = emptyProgram();
  for (const [name, { group, summary, alias }] of ENTRIES) {
    const command = program.command(name).summary(summary).helpGroup(group);
    if (alias !== undefined) command.alias(alias);
  }
  program.showHelpAfterError('`reprise --help` lists all commands');
  return program.addHelpText(
    'after',
    '\n`reprise COMMAND --help` says more, with examples; docs/cli.md has it all on one page.',
  );
}

/** The program that a command line needs: the command that it names, else the overview. */
export async function programFor(argv: readonly string[]): Promise<Command> {
  const [, , first, second] = argv;
  const name = commandNamed(first === 'help' ? second : first);
  return name !== undefined && ENTRIES.has(name) ? buildProgram(name) : overview();
}
