import type { Notice } from '../../messages/target';
import { isoTime } from '../words';
import { acknowledgement, type Content, cut, headlineOf, severityOf } from './headline';

/** https://docs.slack.dev/reference/block-kit/blocks: what a block holds at most. */
const MOST = { header: 150, text: 3_000, fields: 10, field: 2_000, listed: 20 } as const;

const SIGN = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' } as const;

/** The body of an incoming webhook: blocks, and text for where there are none, such as a lock screen. */
export function slackMessage(content: Content): Readonly<Record<string, unknown>> {
  const headline = headlineOf(content);
  const [first] = content.notices;
  const isOne = content.notices.length === 1 && content.more === 0;
  const header = {
    type: 'header',
    text: { type: 'plain_text', text: cut(headline, MOST.header), emoji: false },
  };
  const blocks = [header, ...(first && isOne ? oneOf(first) : listOf(content))];
  return { text: whole(`${SIGN[severityOf(content)]} ${escaped(headline)}`, MOST.text), blocks };
}

function oneOf(notice: Notice): object[] {
  const { severity, text, facts, link, type } = notice;
  const ack = acknowledgement(notice);
  const fields = facts
    .slice(0, MOST.fields)
    .map(({ name, value }) => mrkdwn(`*${escaped(name)}*\n${escaped(value)}`, MOST.field));
  return [
    { type: 'section', text: mrkdwn(`${SIGN[severity]} ${escaped(text)}`, MOST.text) },
    ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
    ...(ack === undefined
      ? []
      : [{ type: 'section', text: mrkdwn(`Take it up: \`${escaped(ack)}\``, MOST.text) }]),
    ...(link === undefined
      ? []
      : [{ type: 'section', text: mrkdwn(`<${urlOf(link)}|Show the job>`, MOST.text) }]),
    { type: 'context', elements: [mrkdwn(escaped(type), MOST.field)] },
  ];
}

function listOf({ notices, more }: Content): object[] {
  const lines = notices
    .slice(0, MOST.listed)
    .map(({ severity, title, at }) => `${SIGN[severity]} ${escaped(cut(title, 100))} (${isoTime(at)})`);
  const rest = notices.length + more - lines.length;
  const all = rest > 0 ? [...lines, `and ${rest} more`] : lines;
  return [{ type: 'section', text: mrkdwn(all.join('\n'), MOST.text) }];
}

const mrkdwn = (text: string, most: number) => ({ type: 'mrkdwn', text: whole(text, most) });

/** https://docs.slack.dev/messaging/formatting-message-text#escaping: what would be a mention or a link is text. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Escaped text that is cut ends with no half of what stands for a character. */
const whole = (text: string, most: number): string => cut(text, most).replace(/&[a-z]{0,3}…$/, '…');

/** Nothing in an address ends the link that it stands in. */
function urlOf(link: string): string {
  return escaped(link).replace(/\|/g, '%7C');
}
