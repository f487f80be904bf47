import { createS3CompilationStore } from '../../lib/adapters/aws/bucket/compilation-store';
import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3MessageArchive } from '../../lib/adapters/aws/bucket/message-archive';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
import { snapshotsOfLong } from '../../lib/core/engine/long-streams';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { logger } from '../runtime/telemetry';
import { s3 } from './clients/s3';
import { journal } from './tables';

/** What the bucket keeps, wired from the environment. */
export const objects = once(() => createJsonObjects(s3(), readEnv('BUCKET_NAME').BUCKET_NAME));
export const graphs = once(() => createS3GraphStore(objects()));
export const snapshots = once(() => snapshotsOfLong(journal(), createS3SnapshotStore(objects(), logger)));
export const messageArchive = once(() => createS3MessageArchive(objects()));
export const compilations = once(() => createS3CompilationStore(objects()));
