import { isRepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import { type Address, addressOf, streamOf } from '../messages/address';
import type { Effect } from '../messages/effect';
import type { MessageEnvelope } from '../messages/envelope';
import type { Random } from '../model/time';
import type { Fold } from '../ports/streams';
import type { AnyKind, EventOf, ExtraOf, MessageOf, OpenStream, StateOf } from './kind';
import { createStreamEngine, type EngineDeps } from './stream-engine';

/** What the engine runs, by the kind of stream. */
export type KindTable = { readonly [kind: string]: AnyKind };

/** The fold of a stream, with what it is of no use without. */
export type View<K> = Fold<StateOf<K>> & ExtraOf<K>;

/** Deciders over streams: messages in, events in the journal, effects out. */
export interface Engine<T extends KindTable> {
  /** Decides messages of one stream in order. @throws RepriseError such as JOB_NOT_FOUND */
  readonly handle: <K extends keyof T & string>(
    to: Address<K>,
    envelopes: readonly MessageEnvelope<MessageOf<T[K]>>[],
  ) => Promise<readonly Recorded<EventOf<T[K]>>[]>;
  /** @throws RepriseError such as JOB_NOT_FOUND */
  readonly view: <K extends keyof T & string>(at: Address<K>) => Promise<View<T[K]>>;
  /** The effects of events that are in the journal: what the outbox relay performs. */
  readonly effectsOf: (stream: string, events: readonly Recorded[]) => Promise<Effect[]>;
  /** Holds nothing more of a stream. */
  readonly forget: (at: Address<keyof T & string>) => void;
}

export function createEngine<T extends KindTable>(
  deps: EngineDeps & { readonly random: Random },
  kinds: T,
): Engine<T> {
  const streams = createStreamEngine(deps);

  async function open(at: Address<string>, messages: readonly unknown[]) {
    const kind = kinds[at.kind];
    if (!kind) throw new Error(`no kind of stream ${at.kind}`);
    const spec = await kind.open(at.id, messages, streams.held(streamOf(at)));
    const { fold, listing } = kind;
    const stream: OpenStream<unknown, unknown, { type: string; data: object }> = {
      ...spec,
      ...{ stream: streamOf(at), fold, listing },
    };
    return { kind, stream, extra: spec.extra as (state: unknown) => object };
  }

  async function viewOf(at: Address<string>) {
    const opened = await open(at, []);
    return { ...opened, live: await streams.load(opened.stream) };
  }

  return {
    async handle(to, envelopes) {
      const messages = envelopes.map(({ message }) => message);
      try {
        const opened = await open(to, messages);
        const inputs = envelopes.map((envelope) => {
          const moment = { at: deps.clock(), random: deps.random() };
          return { ...envelope, input: opened.kind.inputOf({ ...(envelope.message as object), ...moment }) };
        });
        return (await streams.handle(opened.stream, inputs)) as never;
      } catch (error) {
        const { isOfNoUse } = kinds[to.kind] as AnyKind;
        // Whether it never was, or was removed: also while this process holds it still.
        if (isOfNoUse && messages.every(isOfNoUse) && isRepriseError(error, 'JOB_NOT_FOUND')) return [];
        throw error;
      }
    },
    async view(at) {
      const { live, extra } = await viewOf(at);
      const { state, head, traceId } = live;
      return { state, head, traceId, ...extra(state) } as View<T[typeof at.kind]>;
    },
    async effectsOf(stream, events) {
      const { live, stream: opened } = await viewOf(addressOf(stream));
      const state = (await opened.recall?.(live.state, events)) ?? live.state;
      return events.flatMap((event) => opened.effects(state as never, event, live.traceId ?? ''));
    },
    forget: (at) => streams.forget(streamOf(at)),
  };
}
