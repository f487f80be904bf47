import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { createProcessExecutor } from '../adapters/embedded/process/executor';
import { onSignals } from '../adapters/signals';
import type { Rate } from '../core/access/rate';
import type { ConfigValues } from '../core/configuration/keys';
import { many } from '../core/model/many';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import { type Daemon, type DaemonOptions, startDaemon } from '../server/daemon';
import { keepHeapSmall } from '../server/heap';
import { EXIT } from './exit';
import { issuerIn } from './issuer-file';
import { NOTIFICATIONS_OPTION, type NotificationOptions, notificationsIn } from './notification-options';
import { decimalNumber } from './numbers';
import {
  configFileOf,
  currentUser,
  DEPENDENCIES_OPTION,
  defaultSlots,
  ESCALATION_OPTION,
  escalationIn,
  JOURNAL_OPTION,
  layoutAt,
  parseHostName,
  parsePort,
  parseShare,
  policiesIn,
  readRetryLimits,
  readSuites,
  say,
} from './options';
import { type ReportingOptions, reportingOf, withReportingOptions } from './reporting-options';
import { auditOlderThanOption, keepOption, olderThanOption } from './retention-options';
import { envOption, namesOf, resourcesOption, slotsOption } from './run';
import { type SecretOptions, secretSources, secretsOf, withSecretOptions } from './secret-options';

interface Options extends SecretOptions, ReportingOptions, NotificationOptions {
  readonly host: string;
  readonly port: number;
  readonly issuer?: string;
  readonly allowHost: readonly string[];
  readonly rate?: Rate;
  readonly slots?: number;
  readonly resources?: Resources;
  readonly journal: string;
  readonly suites?: string;
  readonly config?: string;
  readonly env: readonly string[];
  readonly dependencies?: string;
  readonly escalation?: string;
  readonly retryLimits?: string;
  readonly explore?: number;
  readonly olderThan?: number;
  readonly auditOlderThan?: number;
  readonly keep?: number;
}

/** `reprise serve`: the engine of this machine as a daemon, for many jobs and for triggers. */
export function registerServe(program: Command): void {
  withReportingOptions(
    withSecretOptions(program.command('serve')),
    'report each job to this system when it is over',
  )
    .description('serve the REST API on this machine: jobs, triggers, events')
    .addOption(
      new Option('--port <n>', 'port to listen on; 0 takes a free one').argParser(parsePort).default(4400),
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--issuer <file>',
      'believe tokens of this issuer (OpenID Connect) too: YAML of issuer, audience, claims, roles (docs/access.md)',
    )
    .addOption(
      new Option(
        '--allow-host <name>',
        'a name by which it may be asked, beside addresses and localhost; repeatable',
      )
        .argParser(parseHostName)
        .default([] as readonly string[], 'none'),
    )
    .addOption(
      new Option(
        '--rate <n>',
        'requests a second of each caller; twice as many at once (default: 1000)',
      ).argParser(parseRate),
    )
    .addOption(slotsOption())
    .addOption(resourcesOption())
    .option(...JOURNAL_OPTION)
    .option('--suites <file>', 'YAML map from suite id to the command that runs it')
    .addOption(envOption())
    .option(
      '--config <file>',
      'YAML of the configuration, read again when it changes (default: config.yaml in --journal)',
    )
    .option(...DEPENDENCIES_OPTION)
    .option(...ESCALATION_OPTION)
    .option(...NOTIFICATIONS_OPTION)
    .option('--retry-limits <file>', 'YAML list of what nodes may ask for at most when they are tried again')
    .option(
      '--explore <share>',
      'learn which retries help: the share that may try what is not known to',
      parseShare,
    )
    .addOption(
      olderThanOption('archive and remove, at the start and every day, jobs that ended longer ago than this'),
    )
    .addOption(auditOlderThanOption())
    .addOption(keepOption())
    .action(serve);
}

async function serve(options: Options): Promise<void> {
  keepHeapSmall();
  // Whoever reads that it serves may send a signal at once.
  const signal = awaitSignal();
  try {
    await serveUntil(signal.came, options);
  } finally {
    signal.forget();
  }
}

async function serveUntil(end: Promise<void>, options: Options): Promise<void> {
  const daemon = await startDaemon(await daemonOptions(options));
  const { jobs, triggers } = daemon.taken;
  if (jobs + triggers > 0) say(`took up ${many(jobs, 'job')} and ${many(triggers, 'trigger')}`);
  say(`serving ${daemon.url}; the token is in ${layoutAt(options.journal).root}/server.json`);
  // Whoever sees this terminal may act in its name; a log that is kept must not hold the token.
  if (process.stderr.isTTY) say(`open ${daemon.url}/#token=${daemon.token}`);
  try {
    await Promise.race([end, daemon.failed]);
  } catch (failure) {
    // What cannot be closed either, fails for the same reason.
    await daemon.close().catch(() => undefined);
    throw failure;
  }
  sayWhatIsLeft(daemon);
  await daemon.close();
}

/** Commands run where the daemon was started. */
async function daemonOptions(options: Options): Promise<DaemonOptions> {
  const layout = layoutAt(options.journal);
  const cwd = process.cwd();
  const suites = options.suites === undefined ? {} : await readSuites(options.suites);
  const env = parseEnvArguments(options.env, process.env);
  const resources = options.resources === undefined ? {} : { resources: options.resources };
  const slots = options.slots ?? defaultSlots();
  const secrets = secretsOf(options, process.env, say);
  return {
    ...{ layout, host: options.host, port: options.port, owner: currentUser() },
    machine: { cwd, suites, slots, env: namesOf(options.env), ...secretSources(options), ...resources },
    executor: (onReport) =>
      createProcessExecutor({ dir: layout.jobs, onReport, clock: Date.now, suites, cwd, env, secrets }),
    config: {
      file: options.config === undefined ? configFileOf(layout) : resolve(options.config),
      environment: process.env,
      flags: await configFlags(options),
    },
    ...(await notificationsIn(options, secrets)),
    ...present({ rate: options.rate, issuer: await issuerIn(options.issuer) }),
    names: options.allowHost,
    reporting: (signal) => reportingOf(options, process.env, signal),
    cleansDaily: options.olderThan !== undefined,
    clock: Date.now,
    random: Math.random,
    warn: say,
  };
}

const perSecondOf = decimalNumber('--rate', { least: 0.1, most: 1_000_000 });

function parseRate(text: string): Rate {
  const perSecond = perSecondOf(text);
  return { perSecond, burst: Math.max(1, 2 * perSecond) };
}

/** What options of their own say is configuration as well. */
async function configFlags(options: Options): Promise<ConfigValues> {
  const { policies } = await policiesIn(options);
  const { escalation } = await escalationIn(options);
  const limits = options.retryLimits === undefined ? undefined : await readRetryLimits(options.retryLimits);
  return present({
    dependencies: policies,
    'recovery.escalation': escalation,
    'retries.limits': limits,
    'retries.explore': options.explore,
    'cleanup.jobDays': options.olderThan,
    'cleanup.auditDays': options.auditOlderThan,
    'cleanup.keepJobs': options.keep,
  });
}

/** Until the first signal; the second ends the process, which leaves it to the next to go on. */
function awaitSignal(): { readonly came: Promise<void>; readonly forget: () => void } {
  let forget = (): void => undefined;
  const came = new Promise<void>((resolve) => {
    forget = onSignals({ first: () => resolve(), again: () => process.exit(EXIT.forced) });
  });
  return { came, forget };
}

function sayWhatIsLeft(daemon: Daemon): void {
  const running = daemon.running();
  const left = `${many(running, 'job')} not over: their commands run on, and \`reprise serve\` goes on with them`;
  say(running === 0 ? 'stopped' : `stopped with ${left}`);
}
