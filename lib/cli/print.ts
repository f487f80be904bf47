import { isRepriseError, RepriseError } from '../core/errors';
import { errorDocument } from './render/error';

/** Prints what a command answers: with `--json` as one document, else as a person reads it. */
export function print<T>(
  { json }: { readonly json?: boolean | undefined },
  document: T,
  text: (document: T) => string,
): void {
  if (json) printDocument(document);
  else process.stdout.write(text(document));
}

/** Prints one JSON document, on a line of its own. */
export function printDocument(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Errors that a document, half printed when they came, has at its end. */
const printed = new WeakSet<object>();

/** Whether the document that was printed has the error already. */
export function isPrinted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && printed.has(error);
}

/**
 * Prints a document with a list that may be long, as it comes: `{...head, [name]: [...]}`. An error before the first item is none
 * of its own; one that comes later ends the document, which then has an `error` beside the list.
 */
export async function printList(head: object, name: string, items: AsyncIterable<unknown>): Promise<void> {
  const begin = `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(name)}:[`;
  let before = begin;
  try {
    for await (const item of items) {
      process.stdout.write(`${before}${JSON.stringify(item)}`);
      before = ',';
    }
  } catch (error) {
    if (before === begin) throw error;
    const told = isRepriseError(error) ? error : new RepriseError('INTERNAL', String(error));
    process.stdout.write(`],${errorDocument(told).slice(1)}`);
    printed.add(error as object);
    throw error;
  }
  process.stdout.write(`${before === begin ? begin : ''}]}\n`);
}
