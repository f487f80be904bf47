import { escapeXml } from '../../core/dag/draw/xml';

/** Markup that is made here; everything else is text, and escaped where it is put in. */
export interface Html {
  readonly html: string;
}

export type Part = Html | string | number | undefined | false | readonly Html[];

/** Takes a text for markup: only what is made here, never what comes from elsewhere. */
export const raw = (html: string): Html => ({ html });

function text(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part !== 'object') return escapeXml(String(part));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}

/** A template of markup; a text that is put in stays text, also in an attribute in quotation marks. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return raw(strings.map((string, i) => `${string}${text(parts[i])}`).join(''));
}

/** @param at milliseconds since the epoch; shown in UTC, to the second. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} <i>${iso.slice(11, 19)}</i></time>`;
}
