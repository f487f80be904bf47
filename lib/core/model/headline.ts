/** Of what an attempt said the line that says most: how its command exited does not. */
export function headline(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => line !== '' && !/^(exit status|signal) /.test(line)) ?? lines.find(Boolean) ?? ''
  );
}
