/** Where in the bucket what was taken out of DLQs is. */
export const LETTER_ARCHIVE = 'letters/';

/**
 * `letters/<queue>/<day that it was sent>/<id>.json.gz`: the same for a message however often it is archived.
 * @param sentAt milliseconds since the epoch.
 */
export function archiveKey(queue: string, sentAt: number, messageId: string): string {
  const day = new Date(sentAt).toISOString().slice(0, 10);
  return `${LETTER_ARCHIVE}${queue}/${day}/${messageId}.json.gz`;
}
