/** A name in JSONata, whatever is in it. */
export function nameText(name: string): string {
  return `\`${name}\``;
}
