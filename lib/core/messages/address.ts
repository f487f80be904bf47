import type { DependencyMessage } from './dependency';
import type { JobMessage } from './job';
import type { LetterMessage } from './letter';
import type { PoolMessage } from './pool';
import type { TargetMessage } from './target';
import type { TriggerMessage } from './trigger';

/** What can be told to a stream, by the kind of the stream. Another kind is a line here and one in `engine/kinds.ts`. */
export interface Messages {
  readonly job: JobMessage;
  readonly pool: PoolMessage;
  readonly trigger: TriggerMessage;
  readonly dependency: DependencyMessage;
  /** A stream is a group of letters. */
  readonly letter: LetterMessage;
  /** A stream is a target of notifications. */
  readonly target: TargetMessage;
}

export type StreamKind = keyof Messages;

const STREAM_KINDS: { readonly [K in StreamKind]: true } = {
  ...{ job: true, pool: true, trigger: true, dependency: true, letter: true, target: true },
};

/** Whether streams of a kind have a decider. */
export const isStreamKind = (kind: string): kind is StreamKind => Object.hasOwn(STREAM_KINDS, kind);

/** A stream by its kind and the id of what it belongs to. */
export interface Address<K extends string = StreamKind> {
  readonly kind: K;
  readonly id: string;
}

/** A message and the stream it goes to: a message can only go to a stream of its kind. */
export type Delivery<K extends StreamKind = StreamKind> = {
  [P in K]: { readonly to: Address<P>; readonly message: Messages[P] };
}[K];

export const jobAt = (id: string): Address<'job'> => ({ kind: 'job', id });
export const poolAt = (id: string): Address<'pool'> => ({ kind: 'pool', id });
export const triggerAt = (id: string): Address<'trigger'> => ({ kind: 'trigger', id });
export const dependencyAt = (id: string): Address<'dependency'> => ({ kind: 'dependency', id });
/** @param id of a group of letters, see `letterGroup`. */
export const letterAt = (id: string): Address<'letter'> => ({ kind: 'letter', id });
/** @param id name of a target of notifications. */
export const targetAt = (id: string): Address<'target'> => ({ kind: 'target', id });

/** The name of a stream: `job/<jobId>`, `pool/<poolId>`, `trigger/<triggerId>`, `dependency/<name>`, `letter/<group>`, `target/<name>`. */
export const streamOf = ({ kind, id }: Address<string>): string => `${kind}/${id}`;

/** @throws Error where the text is no name of a stream. */
export function addressOf(stream: string): Address<string> {
  const [, kind, id] = /^([a-z]+)\/([A-Za-z0-9_-]{1,64})$/.exec(stream) ?? [];
  if (kind === undefined || id === undefined) throw new Error(`not a stream: ${stream}`);
  return { kind, id };
}
