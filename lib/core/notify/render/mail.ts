import type { Notice } from '../../messages/target';
import { acknowledgement, type Content, cut, headlineOf, severityOf } from './headline';

/** Longer lines are folded; mail programs show the beginning. */
const SUBJECT = 150;

/** Subject and text of a message: no HTML, so that nothing in it is more than text. */
export function mailOf(content: Content): { readonly subject: string; readonly text: string } {
  const subject = cut(`[reprise ${severityOf(content)}] ${headlineOf(content)}`, SUBJECT);
  const { notices, more } = content;
  const parts = notices.map(paragraph);
  if (more > 0) parts.push(`And ${more} more.`);
  return { subject, text: `${parts.join('\n\n---\n\n')}\n` };
}

function paragraph(notice: Notice): string {
  const { title, text, facts, link, type } = notice;
  const ack = acknowledgement(notice);
  const width = Math.max(0, ...facts.map(({ name }) => name.length));
  return [
    title,
    '',
    text,
    '',
    ...facts.map(({ name, value }) => `${name.padEnd(width)}  ${value}`),
    ...(link === undefined ? [] : ['', link]),
    ...(ack === undefined ? [] : ['', `Take it up: ${ack}`]),
    '',
    type,
  ].join('\n');
}
