import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseSecretArn } from '../adapters/aws/secrets/arn';
import { createSecrets } from '../adapters/embedded/process/secrets';
import { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import { secretNameSchema } from '../core/model/secret';
import type { Secrets } from '../core/ports/secrets';

/** Where a command line finds secrets; nothing of it is secret. */
export interface SecretOptions {
  readonly secretsDir?: string;
  /** ARN by name; an empty one is the variable of that name. */
  readonly secret: Readonly<Record<string, string>>;
}

export function withSecretOptions(command: Command): Command {
  return command
    .option('--secrets-dir <dir>', 'a file for each secret, named as the secret', (dir) => resolve(dir))
    .addOption(
      new Option('--secret <name>', 'NAME, a variable of this process, or NAME=ARN, of AWS; repeatable')
        .argParser(parseSecret)
        .default({}, 'any variable'),
    );
}

function parseSecret(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const arn = at < 0 ? '' : text.slice(at + 1);
  const checked = secretNameSchema.safeParse(name);
  if (!checked.success) {
    throw new RepriseError('INPUT_INVALID', `--secret ${name}: ${checked.error.issues[0]?.message}`);
  }
  if (at >= 0 && !parseSecretArn(arn)) {
    // What stands there may be the secret itself: it is not printed.
    const message = `--secret ${name}=ARN: write the ARN of a secret of Secrets Manager or of a parameter of Parameter Store; a value does not belong on a command line, where every user sees it`;
    throw new RepriseError('INPUT_INVALID', message);
  }
  return { ...before, [name]: arn };
}

/** The options that were given, for whoever goes on with the job later. */
export function secretSources({ secretsDir, secret }: SecretOptions): Partial<SecretOptions> {
  return present({ secretsDir, secret: Object.keys(secret).length === 0 ? undefined : secret });
}

/** @param env variables that may be secrets; those that an option names may be in any case. */
export function secretsOf(
  { secretsDir: dir, secret }: SecretOptions,
  env: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): Secrets {
  const named = Object.entries(secret).filter(([, arn]) => arn === '');
  const arns = new Map(Object.entries(secret).filter(([, arn]) => arn !== ''));
  const own = Object.fromEntries(named.map(([name]) => [name, process.env[name]]));
  return createSecrets({
    env: { ...env, ...own },
    arns,
    fetch: fetchSecretLater(),
    warn,
    ...present({ dir }),
  });
}

/** The clients of AWS are loaded when the first value is asked for: most machines never do. */
export function fetchSecretLater(): (arn: string) => Promise<string> {
  let fetch: Promise<(arn: string) => Promise<string>> | undefined;
  return async (arn) => {
    fetch ??= import('../adapters/aws/secrets/aws-secrets').then(({ createAwsSecrets }) =>
      createAwsSecrets(Date.now),
    );
    return (await fetch)(arn);
  };
}
