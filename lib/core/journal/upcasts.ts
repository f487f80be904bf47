/** The data of an event as JSON. */
export type EventData = Readonly<Record<string, unknown>>;

/** Makes the data of an event of one version that of the next. It may look at nothing else. */
export type Upcast = (data: EventData) => EventData;

/** By kind of stream and type of event: from version 1 to 2, from 2 to 3, and so on to the newest. */
export type Upcasts = Readonly<Record<string, Readonly<Record<string, readonly Upcast[]>>>>;

/**
 * What the shapes of events were before. Every event that is not named has had one shape only. Where the shape of one changes,
 * add a function here: docs/journal.md. What stands here stays, as journals are kept for ever.
 */
export const UPCASTS: Upcasts = {
  job: {},
  pool: {},
  trigger: {},
  dependency: {},
  letter: {},
  target: {},
  cleanup: {},
  audit: {},
  config: {},
};

/** @param stream such as `job/01J...` */
export function upcastsOf(stream: string, type: string, all: Upcasts = UPCASTS): readonly Upcast[] {
  const ofKind = all[stream.slice(0, stream.indexOf('/'))] ?? {};
  return Object.hasOwn(ofKind, type) ? (ofKind[type] ?? []) : [];
}

/** The version in which an event is written today, from 1. */
export function versionOf(stream: string, type: string, all: Upcasts = UPCASTS): number {
  return upcastsOf(stream, type, all).length + 1;
}
