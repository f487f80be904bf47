import { AnsiUp } from 'ansi_up';

/** A line of a log, as HTML whose text is escaped. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
  readonly html: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
const CODES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Lines with their colours, which go on from line to line. */
export function linesOf(text: string): LogLine[] {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, i) => {
    // What a progress bar overwrote is gone.
    const last = line.replace(/\r$/, '').split('\r').at(-1) ?? '';
    return { number: i + 1, text: last.replace(CODES, ''), html: styleless(ansi.ansi_to_html(last)) };
  });
}

/** Colours that have no class are styles of their own, which the policy of the page does not let be in HTML. */
const styleless = (html: string): string => html.replaceAll(' style="', ' data-style="');

/** Places of the lines that hold a text, whatever its case. */
export function found(lines: readonly LogLine[], search: string): number[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap(({ text }, place) => (text.toLowerCase().includes(wanted) ? [place] : []));
}
