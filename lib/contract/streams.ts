import * as z from 'zod';
import { AUDIT_KIND } from '../core/audit/events';
import { CLEANUP_KIND } from '../core/cleanup/audit';
import { CONFIG_KIND } from '../core/configuration/events';
import { recordedEvent } from './jobs';

/** Kinds of streams that are journalled; a person names one of them as KIND/ID. */
export const STREAM_KINDS = [
  ...(['job', 'trigger', 'dependency', 'letter', 'target', 'pool'] as const),
  ...([CLEANUP_KIND, CONFIG_KIND, AUDIT_KIND] as const),
] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** Of every kind but jobs, whose ids are more strict. */
export const STREAM_ID = /^[A-Za-z0-9_-]{1,64}$/;

export const streamParams = z.object({ kind: z.enum(STREAM_KINDS), id: z.string().regex(STREAM_ID) });

/** `GET /streams/{kind}/{id}/events?from=SEQ&limit=N`: events as the journal recorded them, hashes and all. */
export const streamEventsResponse = z.object({
  stream: z.string(),
  events: z.array(recordedEvent),
  /** Where the next page begins; absent on the last. */
  next_from: z.number().optional(),
});
