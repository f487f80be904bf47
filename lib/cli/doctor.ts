import type { Command } from 'commander';
import { version } from '../../package.json';
import { machineFacts } from '../adapters/embedded/doctor/facts';
import { type AccountCheck, checkAccount } from '../config/account-checks';
import { loadEnvironment } from '../config/environments';
import { type Check, fail, isSound, pass } from '../core/doctor/check';
import { checkDeployment } from '../core/doctor/deployment';
import { checkMachine } from '../core/doctor/machine';
import { programsOf } from '../core/doctor/programs';
import { isRepriseError, RepriseError } from '../core/errors';
import { checkApi } from './doctor-api';
import { EXIT } from './exit';
import { readGraph } from './files';
import { defaultSlots, JOURNAL_OPTION, layoutAt, parsePort, parseUrl } from './options';
import { readToken, TOKEN_FILE_OPTION, type TokenOptions } from './own-token';
import { print } from './print';
import { slotsOption } from './run';
import { asksEngine } from './target';

interface Options extends TokenOptions {
  readonly env?: string;
  readonly context: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly deployed?: boolean;
  readonly live?: boolean;
  readonly json?: boolean;
  readonly journal: string;
  readonly slots?: number;
  readonly port: number;
  readonly api?: string;
}

/** Programs that every machine needs: commands run in a shell, and many ask for their commit. */
const ALWAYS = ['sh', 'git'];

/** `reprise doctor`: what is wrong with a machine, with an account before it is deployed to, or with what is deployed. */
export function registerDoctor(program: Command): void {
  asksEngine(program.command('doctor'), { onlyNamed: true })
    .description('say what is wrong, and how it is mended: of this machine, an account, or a deployed engine')
    .argument('[graph]', 'also whether this machine has what the graph needs')
    .addOption(slotsOption())
    .option('--port <n>', 'the port that a daemon would listen on', parsePort, 4400)
    .option(...JOURNAL_OPTION)
    .option(
      '--api <url>',
      'instead: whether a deployed engine is reached and takes the token',
      parseUrl('--api'),
    )
    .option('--profile <name>', 'the same of an engine by its name (`reprise profile`)')
    .option(...TOKEN_FILE_OPTION)
    .option('--token <jwt>', 'the token for --api itself, which every user of this machine can see')
    .option(
      '--env <name>',
      'instead: compare the quotas of an AWS account with what the environment counts on',
    )
    .option(
      '--live',
      'with --env: look at what is deployed of it: stacks, table, queues, machines, rules, versions',
    )
    .option('-c, --context <key=value>', 'as the deployment is given it; may be repeated', keyValue, {})
    .option('--region <region>', 'instead of that of the AWS settings of this process')
    .option('--deployed', 'the environment is there already: what it reserves is taken')
    .option('--json', 'print one JSON document')
    .action(examine);
}

async function examine(graph: string | undefined, options: Options): Promise<void> {
  const { env, api } = options;
  if (api !== undefined) return report(options, await checkApi(api, readToken(options)));
  if (env !== undefined && options.live) return report(options, await ofDeployment(env, options));
  if (env !== undefined || Object.keys(options.context).length > 0) return examineAccount(options);
  return report(options, await ofMachine(graph, options));
}

async function ofMachine(file: string | undefined, options: Options): Promise<Check[]> {
  const graph = file === undefined ? undefined : await readGraph(file);
  const programs = [...ALWAYS, ...(graph ? programsOf(graph) : [])];
  const slots = options.slots ?? defaultSlots();
  const layout = layoutAt(options.journal);
  const facts = await machineFacts({ layout, slots, port: options.port, environment: process.env, programs });
  const largest = Math.max(0, ...(graph?.nodes ?? []).map((node) => node.slots));
  const fits =
    largest > slots
      ? fail('graph.slots', `a node takes ${largest} slots of ${slots}`, `give as many: --slots ${largest}`)
      : pass('graph.slots', `${slots} are enough for each node`);
  return [...checkMachine(facts), ...(graph ? [fits] : [])];
}

/** The clients of AWS are loaded only here: they take longer than most commands. */
async function ofDeployment(env: string, { region }: Options): Promise<Check[]> {
  const { deploymentFacts } = await import('../adapters/aws/deployment/facts');
  try {
    return checkDeployment(await deploymentFacts(env, { region, ownVersion: version }));
  } catch (error) {
    if (!isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw error;
    return [
      fail(
        'credentials',
        error.message,
        'sign in to the account (`aws sts get-caller-identity`), and name its region',
      ),
    ];
  }
}

function report(options: Options, checks: readonly Check[]): void {
  const ok = isSound(checks);
  print(options, { ok, checks }, () => checks.map(shown).join(''));
  process.exitCode = ok ? EXIT.done : EXIT.failed;
}

function shown({ verdict, id, seen, mend }: Check): string {
  return `${verdict}  ${id}: ${seen}\n${mend === undefined ? '' : `      ${mend}\n`}`;
}

async function examineAccount(options: Options): Promise<void> {
  const context: Readonly<Record<string, string>> = { ...options.context, env: options.env ?? 'dev' };
  const environment = loadEnvironment((key) => context[key]);
  const { accountClients, readAccount } = await import('../adapters/aws/account');
  const { parameters } = environment.auth;
  const names =
    parameters === undefined ? [] : ['issuer', 'audience', 'jwksUri'].map((key) => `${parameters}/${key}`);
  const account = await readAccount(accountClients(options.region), names);
  const checks = checkAccount(environment, account, { isDeployed: options.deployed === true });
  const ok = checks.every((check) => check.ok);
  const document = { environment: environment.name, region: account.region, ok, checks };
  print(options, document, () => `${checks.map(line).join('\n')}\n`);
  process.exitCode = ok ? EXIT.done : EXIT.failed;
}

function line({ name, have, need, ok, advice }: AccountCheck): string {
  const verdict = `${ok ? 'ok   ' : 'short'}  ${name}: ${have} of ${need}`;
  return ok ? verdict : `${verdict}\n       ${advice}`;
}

function keyValue(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new RepriseError('INPUT_INVALID', `--context is key=value, not ${JSON.stringify(text)}`);
}
