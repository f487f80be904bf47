import type { Command } from 'commander';
import { type AccountCheck, checkAccount } from '../config/account-checks';
import { loadEnvironment } from '../config/environments';
import { RepriseError } from '../core/errors';
import { EXIT } from './options';

interface Options {
  readonly env: string;
  readonly context: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly deployed?: boolean;
  readonly json?: boolean;
}

/** `reprise doctor`: whether an account has what an environment counts on, before it is deployed. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('compare the quotas of an AWS account with what an environment counts on')
    .option('--env <name>', 'the environment that is to be deployed', 'dev')
    .option('-c, --context <key=value>', 'as the deployment is given it; may be repeated', keyValue, {})
    .option('--region <region>', 'instead of that of the AWS settings of this process')
    .option('--deployed', 'the environment is there already: what it reserves is taken')
    .option('--json', 'print one JSON document')
    .action(examine);
}

async function examine(options: Options): Promise<void> {
  const context: Readonly<Record<string, string>> = { ...options.context, env: options.env };
  const environment = loadEnvironment((key) => context[key]);
  // Loaded only here: the clients of AWS take longer than most commands.
  const { accountClients, readAccount } = await import('../adapters/aws/account');
  const { parameters } = environment.auth;
  const names =
    parameters === undefined ? [] : ['issuer', 'audience', 'jwksUri'].map((key) => `${parameters}/${key}`);
  const account = await readAccount(accountClients(options.region), names);
  const checks = checkAccount(environment, account, { isDeployed: options.deployed === true });
  const ok = checks.every((check) => check.ok);
  const report = { environment: environment.name, region: account.region, ok, checks };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${checks.map(line).join('\n')}\n`);
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
