import { LIMITS } from '../limits';
import { EVENT_TYPES, type EventTypeName, isEventType } from '../messages/event-types';
import type { PublicEvent } from '../messages/public-event';
import type { Notice } from '../messages/target';
import type { JobOutcome } from '../model/outcome';
import { JOB_OUTCOMES } from '../model/outcome';
import { present } from '../model/present';
import { isoTime } from './words';

/** `detail` of an event, of which anything may be missing. */
type Detail = Readonly<Record<string, unknown>>;

/** What says what an event is about: a repeat of the same about the same is told once. */
const SUBJECT = ['jobId', 'nodeId', 'workerId', 'pool', 'dependency', 'group', 'recoveryId', 'triggerId'];

/** What people read of an event, beside its title and text. */
const FACTS = [
  ...['jobId', 'name', 'owner', 'priority', 'nodeId', 'attempt', 'workerId', 'pool', 'dependency', 'group'],
  ...['class', 'cause', 'strategy', 'count', 'waiting', 'running', 'reason', 'graphHash'],
];

/** What a person is told of an event. Undefined of one of an unknown type, such as a later version may publish. */
export function noticeOf(event: PublicEvent, more: Pick<Notice, 'commit' | 'link'> = {}): Notice | undefined {
  const { id, type, at, owner, detail } = event;
  if (!isEventType(type)) return undefined;
  const { topic, severity } = EVENT_TYPES[type];
  const jobId = textOf(detail, 'jobId');
  const graph = jobId === undefined ? undefined : textOf(detail, 'name');
  return {
    ...{ id, type, topic, severity, at },
    title: line(titleOf(type, detail), LIMITS.noticeTitle),
    text: cut(sentence(type, detail), LIMITS.noticeText),
    facts: factsOf(detail, at),
    signature: cut(signatureOf(type, detail), LIMITS.traceIdLength),
    ...present({
      owner: owner || undefined,
      jobId,
      graph,
      outcome: outcomeOf(detail),
      detail: detailOf(detail),
    }),
    ...more,
  };
}

/** Such as `job shop-7 failed (shop)`. */
function titleOf(type: EventTypeName, detail: Detail): string {
  const alert = detail['alert'] as Detail | undefined;
  if (alert) return `${textOf(alert, 'message')}: ${subjectOf(detail)}`;
  const about = subjectOf(detail);
  const what = type
    .replace('orchestration.', '')
    .replace(/[._]/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
  return about === '' ? what : `${what.toLowerCase()}: ${about}`;
}

function subjectOf(detail: Detail): string {
  const [jobId, nodeId, name] = ['jobId', 'nodeId', 'name'].map((key) => textOf(detail, key));
  if (jobId !== undefined) {
    const node = nodeId === undefined ? '' : `${nodeId} of `;
    return `${node}${name === undefined ? '' : `${name} `}(${jobId})`.trim();
  }
  const about = ['workerId', 'dependency', 'pool', 'group'].flatMap((key) => textOf(detail, key) ?? []);
  return about[0] ?? '';
}

function sentence(type: EventTypeName, detail: Detail): string {
  const alert = detail['alert'] as Detail | undefined;
  const why = textOf(alert ?? {}, 'description') ?? textOf(detail, 'why') ?? textOf(detail, 'reason');
  const outcomes = detail['outcomes'] as Readonly<Record<string, number>> | undefined;
  const counts = Object.entries(outcomes ?? {})
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const nodes = counts.length === 0 ? undefined : `Nodes: ${counts.join(', ')}.`;
  return [EVENT_TYPES[type].when, why, nodes].filter((part) => part !== undefined).join(' ');
}

function factsOf(detail: Detail, at: number): Notice['facts'] {
  const facts = FACTS.flatMap((name) => {
    const value = textOf(detail, name);
    return value === undefined ? [] : [{ name, value: cut(value, LIMITS.noticeFact) }];
  });
  return [...facts.slice(0, LIMITS.noticeFacts - 1), { name: 'at', value: isoTime(at) }];
}

function signatureOf(type: string, detail: Detail): string {
  const status = type === 'orchestration.node.failure' ? [textOf(detail, 'status')] : [];
  const about = [...SUBJECT.map((key) => textOf(detail, key)), ...status, triggerOf(detail)];
  return [type, ...about.filter((part) => part !== undefined)].join('/');
}

/** Each firing is one of its own. */
function triggerOf(detail: Detail): string | undefined {
  const { id } = (detail['trigger'] ?? {}) as { readonly id?: string };
  const firing = textOf(detail, 'firing');
  return id === undefined ? undefined : [id, firing].filter((part) => part !== undefined).join('/');
}

function outcomeOf(detail: Detail): JobOutcome | undefined {
  return JOB_OUTCOMES.find((outcome) => outcome === detail['status']);
}

/** As it goes to machines. What is too large is told by its plain fields. */
function detailOf(detail: Detail): Detail {
  const fits = (value: Detail) =>
    Object.keys(value).length <= LIMITS.noticeFields &&
    new TextEncoder().encode(JSON.stringify(value)).length <= LIMITS.noticeDetail;
  const whole = JSON.parse(JSON.stringify(detail)) as Detail;
  if (fits(whole)) return whole;
  const plain = Object.entries(whole).flatMap(([key, value]): [string, unknown][] => {
    if (typeof value === 'string') return [[key, cut(value, LIMITS.noticeFact)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [];
  });
  const brief = Object.fromEntries(plain.slice(0, LIMITS.noticeFields));
  return fits(brief) ? brief : {};
}

function textOf(detail: Detail, key: string): string | undefined {
  const value = detail[key];
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const cut = (value: string, most: number): string =>
  value.length <= most ? value : `${value.slice(0, most - 1)}…`;

/** What others wrote may hold what breaks lines. */
const line = (value: string, most: number): string =>
  cut(value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '), most);
