import { isRepriseError } from '../../../core/errors';
import type { Log } from '../../../core/ports/log';
import type { Snapshot, SnapshotStore } from '../../../core/ports/stores';
import type { JsonObjects } from './json-objects';

/**
 * Snapshots under `snapshots/<stream>.json.gz`: the fold of a job of 10,000 nodes does not fit an item of 400 KB.
 * A snapshot that cannot be written is logged and left out, one that cannot be read is taken for none: the journal
 * has everything. Two writers may overtake each other, so a stream's snapshot may go back; it is right at its own
 * sequence all the same.
 */
export function createS3SnapshotStore(objects: JsonObjects, log: Log): SnapshotStore {
  return {
    async load(stream) {
      try {
        return (await objects.get(snapshotKey(stream))) as Snapshot | undefined;
      } catch (error) {
        // Out of reach is not damaged: reading a long journal instead would add to the trouble.
        if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw error;
        log.warn('a snapshot cannot be read', { stream, error: error as Error });
        return undefined;
      }
    },
    async save(stream, snapshot) {
      try {
        await objects.put(snapshotKey(stream), snapshot);
      } catch (error) {
        log.warn('a snapshot cannot be written', { stream, error: error as Error });
      }
    },
  };
}

export const snapshotKey = (stream: string): string => `snapshots/${stream}.json.gz`;

/** Undefined where it is the key of something else. */
export const streamOfSnapshot = (key: string): string | undefined =>
  /^snapshots\/(.+)\.json\.gz$/.exec(key)?.[1];
