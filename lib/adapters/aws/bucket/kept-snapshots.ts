import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Snapshot } from '../../../core/ports/stores';
import { upstream } from '../aws-errors';
import { createJsonObjects } from './json-objects';
import { streamOfSnapshot } from './snapshot-store';

/** Objects that are read at once. */
const PARALLEL = 20;

/** Every snapshot of a bucket, and what wrote it; one that cannot be read does not say. Reads all of them, once. */
export async function* keptSnapshots(
  client: S3Client,
  Bucket: string,
): AsyncGenerator<{ readonly stream: string; readonly fold: string | undefined }> {
  const objects = createJsonObjects(client, Bucket);
  const foldOf = async (key: string) => {
    const snapshot = (await objects.get(key).catch(() => undefined)) as Partial<Snapshot> | undefined;
    return typeof snapshot?.fold === 'string' ? snapshot.fold : undefined;
  };
  let ContinuationToken: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      ...{ Bucket, Prefix: 'snapshots/' },
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    });
    const { Contents = [], NextContinuationToken } = await upstream('S3 list', () => client.send(command));
    const kept = Contents.flatMap(({ Key = '' }) => {
      const stream = streamOfSnapshot(Key);
      return stream === undefined ? [] : [{ key: Key, stream }];
    });
    for (let from = 0; from < kept.length; from += PARALLEL) {
      const some = kept.slice(from, from + PARALLEL);
      const folds = await Promise.all(some.map(({ key }) => foldOf(key)));
      for (const [i, { stream }] of some.entries()) yield { stream, fold: folds[i] };
    }
    ContinuationToken = NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
