/** `500 ms`, `4.2 s`, `3 min 5 s`, `2 h 7 min`: short, for a drawing. */
export function shortDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest =
    hours > 0 ? (minutes > 0 ? ` ${minutes} min` : '') : seconds % 60 > 0 ? ` ${seconds % 60} s` : '';
  return hours > 0 ? `${hours} h${rest}` : `${minutes} min${rest}`;
}

/** At most `length` characters, the end cut off. Whole code points. */
export function cutEnd(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** At most `length` characters, the middle cut out: ids that differ at their end stay different. */
export function cutMiddle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/** One line: what is no printing character becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]+/gu, ' ').trim();
}
