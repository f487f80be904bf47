/** Text for XML, in content and in attributes. What XML 1.0 cannot hold becomes a replacement character. */
export function escapeXml(text: string): string {
  return text
    .replace(/(?![\t\n\r])\p{Cc}|[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A length or place in pixels, to a tenth: short, and the same on every machine. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
