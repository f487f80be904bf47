import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRepriseError, RepriseError } from '../../../core/errors';
import type { Secrets } from '../../../core/ports/secrets';
import { hasCode } from '../disk/has-code';
import { secretForms } from './secret-forms';

/** What Secrets Manager keeps, and half of what the kernel takes in one variable. */
const MOST_BYTES = 64 * 1024;

export interface SecretSources {
  /** Variables that may be secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A directory with a file for each secret, named as the secret. */
  readonly dir?: string;
  /** ARNs by name of the secret. */
  readonly arns?: ReadonlyMap<string, string>;
  /** Reads what is kept at an ARN. */
  readonly fetch?: (arn: string) => Promise<string>;
  /** Hears, once for each secret, what a person should know. */
  readonly warn: (message: string) => void;
}

/** The secrets of this machine: what is mapped by name comes first, then files, then variables. */
export function createSecrets(sources: SecretSources): Secrets {
  const warned = new Set<string>();
  return {
    async resolve(name) {
      const value = (await fetched(name, sources)) ?? (await fileOf(name, sources)) ?? sources.env[name];
      if (value === undefined || value === '') throw unknown(name, value);
      if (value.includes('\0')) throw unusable(name, 'holds a zero byte, which no variable can');
      if (Buffer.byteLength(value) > MOST_BYTES) throw unusable(name, `is longer than ${MOST_BYTES} bytes`);
      if (secretForms(value).length === 0 && !warned.has(name)) {
        warned.add(name);
        sources.warn(`the secret ${name} is too short to be masked: give it four characters at least`);
      }
      return value;
    },
  };
}

async function fetched(name: string, { arns, fetch }: SecretSources): Promise<string | undefined> {
  const arn = arns?.get(name);
  if (arn === undefined || !fetch) return undefined;
  try {
    return await fetch(arn);
  } catch (error) {
    if (!isRepriseError(error, 'SECRET_NOT_FOUND')) throw error;
    throw new RepriseError('SECRET_NOT_FOUND', `the secret ${name}: ${error.message}`, { cause: error });
  }
}

/** Without the line end that editors and `echo` put behind it. */
async function fileOf(name: string, { dir }: SecretSources): Promise<string | undefined> {
  if (dir === undefined) return undefined;
  try {
    return (await readFile(join(dir, name), 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function unknown(name: string, value: string | undefined): RepriseError {
  const what = value === '' ? 'is empty' : 'is not known to this worker';
  const message = `the secret ${name} ${what}: set the variable ${name} of the process that runs reprise here, write a file ${name} into the directory that its --secrets-dir names, or map it with --secret ${name}=ARN (Secrets Manager or Parameter Store)`;
  return new RepriseError('SECRET_NOT_FOUND', message);
}

function unusable(name: string, why: string): RepriseError {
  return new RepriseError('SECRET_NOT_FOUND', `the secret ${name} ${why}`);
}
