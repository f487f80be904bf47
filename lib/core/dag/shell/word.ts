/** One word for a POSIX shell, whatever is in it but NUL; in quotes only where it needs them. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@,+%-]+$/.test(text) ? text : shellQuote(text);
}

export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
