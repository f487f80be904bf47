import { isRepriseError } from '../../../core/errors';
import type { Failure } from '../../../core/model/failure';
import type { Secrets } from '../../../core/ports/secrets';
import { clip } from './report';

/** The values of an attempt's secrets by name, or why it cannot have them. */
export type Revealed = { readonly values: Readonly<Record<string, string>> } | { readonly failure: Failure };

/** Asks for all secrets of an attempt at once. What is missing is named in one failure, all of it. */
export async function reveal(names: readonly string[], secrets: Secrets): Promise<Revealed> {
  const asked = await Promise.allSettled(names.map((name) => secrets.resolve(name)));
  const values: Record<string, string> = {};
  const faults: string[] = [];
  asked.forEach((answer, i) => {
    const name = names[i] as string;
    if (answer.status === 'fulfilled') values[name] = answer.value;
    else faults.push(faultOf(name, answer.reason));
  });
  if (faults.length === 0) return { values };
  return { failure: { kind: 'spawn', message: clip(`the command was not started: ${faults.join('; ')}`) } };
}

function faultOf(name: string, error: unknown): string {
  if (isRepriseError(error, 'SECRET_NOT_FOUND')) return error.message;
  return `the secret ${name} could not be read: ${error instanceof Error ? error.message : String(error)}`;
}
