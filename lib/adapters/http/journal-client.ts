import type { StreamKind } from '../../contract/streams';
import type { Recorded } from '../../core/journal/envelope';
import type { Address } from '../../core/messages/address';
import { type ClientOptions, createClientCaller } from './api-caller';

/** Events as they were written, and the sequence with which the next page begins; none on the last. */
export interface EventsPage {
  readonly events: readonly Recorded[];
  readonly next: number | undefined;
}

/** The part of the REST API that gives journals out. */
export interface JournalClient {
  readonly ofJob: (jobId: string, from: number) => Promise<EventsPage>;
  /** @param name of a trigger of the caller's own. */
  readonly ofTrigger: (name: string, from: number) => Promise<EventsPage>;
  /** Of any stream, for administrators. */
  readonly ofStream: (at: Address<StreamKind>, from: number) => Promise<EventsPage>;
}

const PAGE = 1_000;

export function createJournalClient(options: ClientOptions): JournalClient {
  const ask = createClientCaller(options);
  // What events consist of, their hashes say to whoever verifies them.
  const pageOf = ({
    events,
    next_from: next,
  }: {
    events: readonly unknown[];
    next_from?: number | undefined;
  }) => ({
    ...{ events: events as readonly Recorded[], next },
  });
  return {
    ofJob: async (jobId, from) => {
      return pageOf(await ask('getJobEvents', { path: { jobId }, query: { from, limit: PAGE } }));
    },
    ofStream: async ({ kind, id }, from) => {
      return pageOf(await ask('getStreamEvents', { path: { kind, id }, query: { from, limit: PAGE } }));
    },
    ofTrigger: async (name, from) => {
      return pageOf(await ask('getTriggerEvents', { path: { name }, query: { from, limit: PAGE } }));
    },
  };
}
