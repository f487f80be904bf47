import type { LetterEvent } from '../../core/dlq/events';
import { DEFAULT_PER_MINUTE } from '../../core/dlq/redrive';
import type { Recorded } from '../../core/journal/envelope';
import { letterIdOf } from '../../core/messages/letter';
import type { Given, Invariant, Rest } from './invariant';
import { replayedJobs, type SeenJob, type SeenNode, seenJobs } from './nodes';

/** What its events alone say of a letter. */
interface SeenLetter {
  status: 'open' | 'redriving' | 'resolved';
  /** A person has made something of it. */
  byPerson: boolean;
  said: string;
  readonly kind: string;
  readonly jobId: string | undefined;
  readonly nodeId: string | undefined;
}

interface SeenOrder {
  readonly mode: 'canary' | 'all';
  readonly perMinute: number;
  readonly sent: Set<string>;
  readonly times: number[];
  canary?: string;
  isProven: boolean;
  isOver: boolean;
}

interface SeenGroup {
  readonly id: string;
  readonly letters: Map<string, SeenLetter>;
  readonly orders: Map<string, SeenOrder>;
}

type Hear = (event: Recorded<LetterEvent>, group: SeenGroup) => void;

/** Tells of every event of letters with what was seen before it. */
function seenLetters(hear: Hear) {
  const groups = new Map<string, SeenGroup>();
  return {
    groups,
    appended(stream: string, events: readonly Recorded[]) {
      if (!stream.startsWith('letter/')) return;
      const id = stream.slice('letter/'.length);
      const group = groups.get(id) ?? { id, letters: new Map(), orders: new Map() };
      groups.set(id, group);
      for (const event of events as readonly Recorded<LetterEvent>[]) {
        hear(event, group);
        see(group, event);
      }
    },
  };
}

function see(group: SeenGroup, event: Recorded<LetterEvent>): void {
  const { letters, orders } = group;
  switch (event.type) {
    case 'letter.parked':
    case 'letter.renewed': {
      const { letterId, kind, jobId, nodeId, said } = event.data.letter;
      letters.set(letterId, { status: 'open', byPerson: false, said, kind, jobId, nodeId });
      break;
    }
    case 'letter.reopened': {
      const letter = letters.get(event.data.letterId);
      if (letter) Object.assign(letter, { status: 'open', byPerson: false });
      for (const order of orders.values()) if (order.canary === event.data.letterId) delete order.canary;
      break;
    }
    case 'letter.redriven': {
      const order = orders.get(event.data.orderId);
      for (const id of event.data.letters) {
        const letter = letters.get(id);
        if (letter) letter.status = 'redriving';
        order?.sent.add(id);
        order?.times.push(event.at);
      }
      if (order && event.data.canary) order.canary = event.data.letters[0] ?? '';
      break;
    }
    case 'letter.resolved':
      for (const id of event.data.letters) {
        const letter = letters.get(id);
        if (letter) Object.assign(letter, { status: 'resolved', byPerson: event.data.by !== undefined });
        for (const order of orders.values())
          if (order.canary === id)
            order.isProven = event.data.how === 'retried' || event.data.how === 'skipped';
      }
      break;
    case 'redrive.started': {
      const { orderId, mode, perMinute } = event.data;
      orders.set(orderId, { mode, perMinute, sent: new Set(), times: [], isProven: false, isOver: false });
      break;
    }
    case 'letter.returned': {
      const { orderId } = event.data;
      if (orders.get(orderId)?.isOver !== false)
        orders.set(orderId, { ...byConsole(), sent: new Set(), times: [] });
      break;
    }
    case 'redrive.stopped':
    case 'redrive.completed': {
      const order = orders.get(event.data.orderId);
      if (order) order.isOver = true;
      break;
    }
    default:
  }
}

/** An order that nobody gave but by moving a message back. */
const byConsole = () =>
  ({ mode: 'all', perMinute: DEFAULT_PER_MINUTE, isProven: false, isOver: false }) as const;

/** Clocks of two processes differ by at most this, milliseconds. */
const SKEW_MS = 4_000;
const MINUTE_MS = 60_000;

export const redrivenInOrder: Invariant = {
  name: 'redrivenInOrder',
  says: 'What is redriven lies parked, and goes once for each order: the canary before the rest, no more in a minute than the order says, and nothing once it is stopped.',
  watch(given) {
    const seen = seenLetters((event, { id, letters, orders }) => {
      if (event.type === 'redrive.started') {
        if (orders.has(event.data.orderId)) given.broken(`${id} takes order ${event.data.orderId} twice`);
        if ([...orders.values()].some(({ isOver }) => !isOver) && !event.data.force)
          given.broken(`${id} takes order ${event.data.orderId} while another one is under way`);
      }
      if (event.type !== 'letter.redriven') return;
      const { orderId, letters: sent, canary } = event.data;
      for (const letterId of sent) {
        const status = letters.get(letterId)?.status;
        if (status !== 'open') given.broken(`${id} redrives ${letterId}, which is ${status ?? 'not there'}`);
      }
      const order = orders.get(orderId);
      if (!order) return given.broken(`${id} redrives by order ${orderId}, which nobody gave`);
      if (order.isOver) given.broken(`${id} redrives by order ${orderId}, which is over`);
      const twice = sent.filter((letterId) => order.sent.has(letterId));
      if (twice.length > 0) given.broken(`${id} redrives ${twice} twice by order ${orderId}`);
      if (
        order.mode === 'canary' &&
        !order.isProven &&
        (!canary || sent.length > 1 || order.canary !== undefined)
      )
        given.broken(`${id} redrives ${sent.length} by order ${orderId} before its canary has ended well`);
      const recent = order.times.filter((at) => at > event.at - MINUTE_MS + SKEW_MS).length;
      if (recent + sent.length > order.perMinute)
        given.broken(
          `${id} redrives ${recent + sent.length} in a minute, and order ${orderId} has ${order.perMinute}`,
        );
    });
    return {
      appended: seen.appended,
      handled(deliveries) {
        for (const { to, message } of deliveries) {
          if (message.type !== 'stopRedrive' || message.orderId === undefined) continue;
          const order = seen.groups.get(to.id)?.orders.get(message.orderId);
          if (order?.isOver === false)
            given.broken(`${to.id} goes on with ${message.orderId}, which was stopped`);
        }
      },
    };
  },
};

export const lettersOfFailures: Invariant = {
  name: 'lettersOfFailures',
  says: 'What failed for good, and what could not be undone, has a letter with its evidence that is open, unless a person has resolved it; and nothing else has.',
  atEnd(rest, given) {
    const { groups } = replayedLetters(rest);
    const all = new Map<string, SeenLetter[]>();
    for (const { letters } of groups.values())
      for (const [letterId, letter] of letters) all.set(letterId, [...(all.get(letterId) ?? []), letter]);
    const jobs = replayedJobs(rest, given);
    for (const job of jobs.values())
      for (const node of job.nodes.values()) {
        if (node.outcome === 'failed' && !node.isFannedOut) hasLetter(all, ['node', job.id, node.id], given);
        if (node.undone === 'parked' && !node.isFannedOut)
          hasLetter(all, ['rollback', job.id, node.id], given);
      }
    for (const { id, letters } of groups.values())
      for (const [letterId, letter] of letters) {
        const node = jobs.get(letter.jobId ?? '')?.nodes.get(letter.nodeId ?? '');
        const what = `${letter.kind} ${letter.jobId}/${letter.nodeId} in ${id}/${letterId}`;
        if (letter.status === 'redriving' && node)
          given.broken(`${what} is redriven, and hears nothing more`);
        if (letter.status === 'open' && node && isMended(letter, node))
          given.broken(`${what} lies open, and is mended`);
      }
    for (const { id, orders } of groups.values())
      for (const [orderId, { isOver }] of orders)
        if (!isOver) given.broken(`order ${orderId} of ${id} never comes to its end`);
  },
};

function hasLetter(
  all: ReadonlyMap<string, readonly SeenLetter[]>,
  [kind, jobId, nodeId]: readonly ['node' | 'rollback', string, string],
  given: Given,
): void {
  const letters = all.get(letterIdOf(kind, jobId, nodeId)) ?? [];
  const found = letters.find(({ status, byPerson }) => status === 'open' || byPerson);
  if (!found) {
    given.broken(
      `${jobId}/${nodeId} failed as a ${kind}, and has ${letters.map(({ status }) => status).join(', ') || 'no letter'}`,
    );
    return;
  }
  if (found.said === '') given.broken(`the letter of ${jobId}/${nodeId} says nothing`);
}

function isMended({ kind }: SeenLetter, { outcome, undone }: SeenNode): boolean {
  return kind === 'node' ? outcome === 'succeeded' : kind === 'rollback' && undone === 'undone';
}

function replayedLetters({ journal }: Pick<Rest, 'journal'>) {
  const seen = seenLetters(() => undefined);
  for (const [stream, events] of journal.streams) seen.appended(stream, events);
  return seen;
}

export const finishedStays: Invariant = {
  name: 'finishedStays',
  says: 'What succeeded does not run again unless it was undone, a person has named it or what it needs, or it cleans up after what runs again; an order runs nodes again once.',
  watch: (given) => {
    const orders = new Set<string>();
    return seenJobs(given, (event, job) => {
      if (event.type !== 'job.resumed') return;
      const { nodes, from = [], order } = event.data;
      if (order !== undefined && orders.has(`${job.id} ${order}`))
        given.broken(`${job.id} runs nodes again twice for ${order}`);
      if (order !== undefined) orders.add(`${job.id} ${order}`);
      const meant = downstreamOf(job, from);
      const again = nodes.filter((id) => {
        const node = job.nodes.get(id);
        const stays = node?.outcome === 'succeeded' && node.undone === undefined && !meant.has(id);
        return stays && !(node.spec.trigger === 'always' && standsBehind(job, node, new Set(nodes)));
      });
      if (again.length > 0) given.broken(`${job.id} runs ${again} again, which succeeded`);
    });
  },
};

/** Whether one of these nodes is above it. */
function standsBehind({ nodes }: SeenJob, { spec }: SeenNode, others: ReadonlySet<string>): boolean {
  const above = new Set(spec.needs);
  for (const id of above) {
    if (others.has(id)) return true;
    for (const need of nodes.get(id)?.spec.needs ?? []) above.add(need);
  }
  return false;
}

/** The nodes that a person named, what gathers them, their items, and all that is downstream. */
function downstreamOf({ nodes }: SeenJob, from: readonly string[]): ReadonlySet<string> {
  const meant = new Set(from.flatMap((id) => [id, nodes.get(id)?.parent ?? id]));
  for (const id of meant)
    for (const other of nodes.values())
      if (
        other.spec.needs.includes(id) ||
        (other.parent === id && !from.includes(other.id) && from.includes(id))
      )
        meant.add(other.id);
  for (const other of nodes.values())
    if (other.parent !== undefined && meant.has(other.parent)) meant.add(other.id);
  return meant;
}
