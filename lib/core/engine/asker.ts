import type { MessageEnvelope } from '../messages/envelope';
import type { StreamAsker, StreamReader } from '../ports/streams';
import type { Engine } from './engine';
import type { Kinds } from './kinds';

/** The engine as those see it who tell a stream something and wait for what it causes. */
export function askerOf({
  handle,
  view,
}: Pick<Engine<Kinds>, 'handle' | 'view'>): StreamAsker & StreamReader {
  return {
    // A delivery pairs a message with a stream of its kind; the types of the table say the same in other words.
    ask: async ({ to, message }, origin) =>
      (await handle(to, [{ ...origin, message } as MessageEnvelope<never>])) as never,
    view: view as StreamReader['view'],
  };
}
