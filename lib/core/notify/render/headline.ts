import { SEVERITIES, type Severity } from '../../messages/event-types';
import type { Notice } from '../../messages/target';

/** What a message is of: one notice, or several. */
export interface Content {
  readonly notices: readonly Notice[];
  readonly more: number;
}

/** One line for all of a message. */
export function headlineOf({ notices, more }: Content): string {
  const [first] = notices;
  const count = notices.length + more;
  if (first && count === 1) return first.sample ? `Test: ${first.title}` : first.title;
  return `${count} notices${first ? `, the first: ${first.title}` : ''}`;
}

/** The highest of them. */
export function severityOf({ notices }: Content): Severity {
  const ranks = notices.map(({ severity }) => SEVERITIES.indexOf(severity));
  return SEVERITIES[Math.max(0, ...ranks)] ?? 'info';
}

/** How somebody takes an alert up. */
export function acknowledgement({ alert }: Notice): string | undefined {
  return alert && `reprise notify ack ${alert.target} ${alert.id}`;
}

/** At most so many UTF-16 units, and no half of a character. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
