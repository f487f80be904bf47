import { isOver } from '../../../core/model/outcome';
import { present } from '../../../core/model/present';
import type { JobListing } from '../../../core/projections/listing';
import { LIST, LIST_BY_STATUS, ownerKey, ownerStatusKey, sharedKey, sharedList, submittedKey } from './keys';
import { openItem } from './open-streams';

/**
 * The two entries of a job in the index: under its owner, and under its owner and status. Items of their own, not
 * attributes of the head, so that the index is written when a job's status changes and not with every event. Until the job
 * is over it is on the list of open streams as well.
 * And one for each user whom it is shared with, which only leads to the first: it stays when the share is taken back.
 */
export function jobItems(stream: string, listing: JobListing): Record<string, unknown>[] {
  const jobId = stream.slice(stream.indexOf('/') + 1);
  const { owner, name, status, priority, submittedAt, jobType, sharedWith } = listing;
  const shown = { owner, name, status, priority, submittedAt, ...present({ jobType, sharedWith }) };
  const entry = { pk: stream, jobId, ...shown };
  const gsi1sk = submittedKey(submittedAt, jobId);
  return [
    { ...entry, sk: LIST, gsi1pk: ownerKey(owner), gsi1sk },
    { ...entry, sk: LIST_BY_STATUS, gsi1pk: ownerStatusKey(owner, status), gsi1sk },
    ...(sharedWith ?? []).map((user) => sharedItem({ pk: stream, jobId, gsi1sk }, user)),
    ...(isOver(status) ? [] : [openItem(stream)]),
  ];
}

function sharedItem(entry: Record<string, unknown>, user: string): Record<string, unknown> {
  return { ...entry, sk: sharedList(user), gsi1pk: sharedKey(user) };
}
