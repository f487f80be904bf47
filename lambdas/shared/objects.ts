import { createS3CompilationStore } from '../../lib/adapters/aws/s3-compilation-store';
import { createS3GraphStore } from '../../lib/adapters/aws/s3-graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/s3-json';
import { createS3SnapshotStore } from '../../lib/adapters/aws/s3-snapshot-store';
import { s3 } from './clients/s3';
import { readEnv } from './env';
import { once } from './once';
import { logger } from './telemetry';

/** What the bucket keeps, wired from the environment. */
const objects = once(() => createJsonObjects(s3(), readEnv('BUCKET_NAME').BUCKET_NAME));
export const graphs = once(() => createS3GraphStore(objects()));
export const snapshots = once(() => createS3SnapshotStore(objects(), logger));
export const compilations = once(() => createS3CompilationStore(objects()));
