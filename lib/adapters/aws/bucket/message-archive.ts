import * as z from 'zod';
import { archiveKey } from '../../../core/dlq/archive-key';
import type { ArchivedMessage, MessageArchive } from '../../../core/ports/dead-letters';
import type { JsonObjects } from './json-objects';

const archived = z.object({
  queue: z.string(),
  messageId: z.string(),
  body: z.string(),
  sentAt: z.number(),
  group: z.string().exactOptional(),
  attributes: z.record(z.string(), z.object({ type: z.string(), value: z.string() })),
});

/** Messages under `letters/<queue>/<day>/<id>.json.gz`, until the lifecycle of the bucket takes them. */
export function createS3MessageArchive(objects: JsonObjects): MessageArchive {
  return {
    async put({ queue, messageId, body, sentAt, group, attributes }) {
      const place = archiveKey(queue, sentAt, messageId);
      const value: ArchivedMessage = {
        ...{ queue, messageId, body, sentAt, attributes },
        ...(group === undefined ? {} : { group }),
      };
      await objects.put(place, value, { once: true });
      return place;
    },
    async get(place) {
      const found = await objects.get(place);
      return found === undefined ? undefined : archived.parse(found);
    },
  };
}
