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
