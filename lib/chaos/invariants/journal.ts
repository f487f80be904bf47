import canonicalize from 'canonicalize';
import type { Recorded } from '../../core/journal/envelope';
import { verifyChain } from '../../core/journal/verify';
import { type Address, addressOf } from '../../core/messages/address';
import type { Snapshot } from '../../core/ports/stores';
import { performedAs } from '../world/ports';
import type { Invariant } from './invariant';

export const chainIntact: Invariant = {
  name: 'chainIntact',
  says: 'Every event is chained to the one before, and its hash is that of its content.',
  async atEnd({ journal }, given) {
    for (const [stream, events] of journal.streams) {
      const verdict = await verifyChain(events as Recorded[], stream);
      if (!verdict.valid) given.broken(`${stream} at ${verdict.at}: ${verdict.reason}`);
    }
  },
};

const textOf = ({ state, head }: Snapshot): string => JSON.stringify({ state, head });

/** What two states differ in; nothing where they are the same. In which order members were set is of no meaning. */
function differing(a: string, b: string): string | undefined {
  if (a === b) return undefined;
  const [one, other] = [a, b].map((text) => canonicalize(JSON.parse(text)) ?? '') as [string, string];
  return one === other ? undefined : difference(one, other);
}

export const replayEqualsLive: Invariant = {
  name: 'replayEqualsLive',
  says: 'Folded from nothing, from any snapshot, or event by event as it went, a stream gives the same state byte for byte.',
  async atEnd(rest, given) {
    const up = rest.processes.filter((each) => each.isUp());
    for (const stream of rest.journal.streams.keys()) {
      const at = addressOf(stream) as Address;
      const fresh = textOf(await rest.replayed(at));
      for (const process of up) {
        const live = textOf(await process.inside().frozen(at));
        const found = differing(live, fresh);
        if (found) given.broken(`${stream} in ${process.id}: ${found}`);
      }
      for (const snapshot of rest.snapshots.kept(stream)) {
        const resumed = textOf(await rest.replayed(at, snapshot));
        const found = differing(resumed, fresh);
        if (found) given.broken(`${stream} from its snapshot at ${snapshot.head.seq}: ${found}`);
      }
    }
  },
};

/** Where two texts part, with what each has there. */
function difference(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const around = (text: string) => text.slice(Math.max(0, i - 60), i + 60);
  return `...${around(a)}... is not ...${around(b)}...`;
}

export const effectsPerformed: Invariant = {
  name: 'effectsPerformed',
  says: 'Every effect that the journal requires has been performed, and every stream is confirmed to its end, step by step.',
  watch(given) {
    const marks = new Map<string, number>();
    return {
      confirmed(stream, to) {
        const mark = marks.get(stream) ?? 0;
        if (to <= mark) given.broken(`${stream} is confirmed up to ${to}, and was up to ${mark}`);
        marks.set(stream, to);
      },
    };
  },
  async atEnd(rest, given) {
    for (const [stream, events] of rest.journal.streams) {
      const mark = await rest.journal.confirmed(stream);
      if (mark !== events.length) given.broken(`${stream} is confirmed up to ${mark} of ${events.length}`);
      // Who watches a dependency is told of its changes from then on: seen from the end, more than was required at the time.
      if (stream.startsWith('dependency/')) continue;
      for (const effect of await rest.effectsOf(stream, events)) {
        const name = performedAs(effect);
        // Without a token nobody waits. Seen from the end a node may count as entered that was not when it ended.
        if (effect.kind === 'answerNode' && effect.answer.token === undefined) continue;
        // What closes a letter is derived from any later end of its node too; its group tells by the sequence what is late.
        if (effect.kind === 'send' && effect.message.type === 'closed') continue;
        // A workflow that was to end by itself was told to stop instead, when its job was cancelled.
        if (effect.kind === 'answerOutcome' && effect.status === 'cancelled') continue;
        if (!rest.performed.has(name))
          given.broken(`${name} of ${stream} #${effect.cause.seq} was never performed`);
      }
    }
  },
};

export const listingsAgree: Invariant = {
  name: 'listingsAgree',
  says: 'What lists show of a stream is what its fold says.',
  async atEnd(rest, given) {
    for (const stream of rest.journal.streams.keys()) {
      const own = await rest.listingOf(addressOf(stream) as Address);
      const [shown, wanted] = [JSON.stringify(rest.listings.get(stream)), JSON.stringify(own)];
      if (shown !== wanted) given.broken(`${stream} is listed as ${shown} and is ${wanted}`);
    }
  },
};
