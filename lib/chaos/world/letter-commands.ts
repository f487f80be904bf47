import type { LetterEvent } from '../../core/dlq/events';
import { addressOf, type Delivery, letterAt } from '../../core/messages/address';
import type { LetterMessage } from '../../core/messages/letter';
import { pick } from '../draw';
import { EDITED_RUN } from '../workload/scripts';
import type { Command, Lot } from './command';

const [by, reason] = ['ana', 'mended, most likely'];

/** What a person has done to a group of letters. `letterId` is one of it. */
const toGroup =
  (messageOf: (letterId: string, lot: Lot) => LetterMessage): Command =>
  ({ journal }, lot) => {
    const groups = [...journal.streams].filter(([stream]) => stream.startsWith('letter/'));
    if (groups.length === 0) return undefined;
    const [stream, events] = pick(groups, lot('group'));
    const parked = (events as readonly LetterEvent[]).flatMap((event) =>
      event.type === 'letter.parked' ? [event.data.letter.letterId] : [],
    );
    const group = addressOf(stream)?.id ?? '';
    return { to: letterAt(group), message: messageOf(pick(parked, lot('letter')), lot) };
  };

const orderId = (lot: Lot) => `order ${lot('order')}`;

/** Stops a redrive that a person has asked for; undefined where it was none. */
export function stopOf({ to, message }: Delivery): Delivery | undefined {
  if (to.kind !== 'letter' || message.type !== 'redrive' || !('orderId' in message)) return undefined;
  return { to, message: { type: 'stopRedrive', orderId: message.orderId, by, reason } };
}

/** What people do about letters. */
export const LETTER_COMMANDS: Readonly<Record<string, Command>> = {
  redriveCanary: toGroup((_, lot) => ({
    ...{ type: 'redrive', orderId: orderId(lot), mode: 'canary', perMinute: 2, by, reason },
  })),
  redriveAll: toGroup((_, lot) => ({ type: 'redrive', orderId: orderId(lot), mode: 'all', by, reason })),
  redriveOne: toGroup((letterId, lot) => ({
    ...{ type: 'redrive', orderId: orderId(lot), letters: [letterId], mode: 'all', by, reason },
    ...(lot('force') < 0.3 ? { force: true as const } : {}),
  })),
  redriveEdited: toGroup((letterId, lot) => ({
    ...{ type: 'redrive', orderId: orderId(lot), letters: [letterId], mode: 'canary', by, reason },
    input: { run: EDITED_RUN },
  })),
  resolveSkip: toGroup((letterId) => ({ type: 'resolve', letters: [letterId], how: 'skip', by, reason })),
  resolveSucceed: toGroup((letterId) => ({
    ...{ type: 'resolve', letters: [letterId], how: 'succeed', outputs: { flag: true }, by, reason },
  })),
  resolveAbort: toGroup((letterId) => ({ type: 'resolve', letters: [letterId], how: 'abort', by, reason })),
  assign: toGroup(() => ({ type: 'assign', to: 'ben', by })),
  console({ letterBox }) {
    letterBox.redriveAll();
    return undefined;
  },
};
