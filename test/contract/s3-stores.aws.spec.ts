import { CreateKeyCommand, GetPublicKeyCommand, KeySpec, KeyUsageType, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { parseAnchor } from '../../lib/adapters/archive/anchor-text';
import { createS3Anchors } from '../../lib/adapters/aws/bucket/anchors';
import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects, type JsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { keptSnapshots } from '../../lib/adapters/aws/bucket/kept-snapshots';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
import { createKmsSigner } from '../../lib/adapters/aws/kms-signer';
import { outdatedSnapshots } from '../../lib/core/engine/outdated-snapshots';
import { JOB_FOLD } from '../../lib/core/job/snapshot';
import { POOL_FOLD } from '../../lib/core/scheduler/snapshot';
import { graph, node } from '../support/job-driver';
import { createBucket, startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
let objects: JsonObjects;

beforeAll(async () => {
  cloud = await startTestCloud();
  const { client, bucket } = await createBucket(cloud);
  objects = createJsonObjects(client, bucket);
});
afterAll(() => cloud?.stop());

const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };

describe('graphs in S3', () => {
  it('are written once: a repeat is no error and changes nothing', async () => {
    const written = graph([node('a')]);
    await createS3GraphStore(objects).put('h2', written);
    await createS3GraphStore(objects).put('h2', graph([node('other')]));
    expect(await createS3GraphStore(objects).get('h2')).toEqual(written);
  });
});

describe('what is kept in S3', () => {
  it('says of each snapshot which fold wrote it, so that whoever updates sees which are made anew', async () => {
    const { client, bucket } = await createBucket(cloud);
    const kept = createJsonObjects(client, bucket);
    const store = createS3SnapshotStore(kept, log);
    const snapshot = { head: { seq: 7, hash: 'h' }, traceId: 't', state: {} };
    await store.save('job/old', { ...snapshot, fold: 'job/1' });
    await store.save('job/new', { ...snapshot, fold: JOB_FOLD });
    await kept.put('snapshots/pool/odd.json.gz', 'no snapshot');
    await kept.put('graphs/g.json.gz', {});
    expect(await outdatedSnapshots(keptSnapshots(client, bucket))).toMatchObject({
      kept: 3,
      outdated: [
        { fold: 'job/1', becomes: JOB_FOLD, count: 1, examples: ['job/old'] },
        { fold: 'unknown', becomes: POOL_FOLD, count: 1, examples: ['pool/odd'] },
      ],
    });
  });
});

describe('anchors in S3', () => {
  it('are signed by KMS, and nobody overwrites or deletes one while its lock lasts', async () => {
    const kms = new KMSClient(cloud.config);
    const spec = { KeySpec: KeySpec.ECC_NIST_P256, KeyUsage: KeyUsageType.SIGN_VERIFY };
    const { KeyMetadata } = await kms.send(new CreateKeyCommand(spec));
    const client = new S3Client({ ...cloud.config, forcePathStyle: true });
    const Bucket = `anchors-${Date.now()}`;
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE' as const, Days: 1 } };
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const, Rule };
    await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));

    const KeyId = KeyMetadata?.Arn ?? '';
    const writer = () => createS3Anchors(client, Bucket, createKmsSigner(kms, KeyId));
    const heads = [{ stream: 'job/a', seq: 2, hash: 'a'.repeat(64) }];
    const made = await Promise.all([writer().anchor(heads, 5), writer().anchor(heads, 6)]);
    expect(made.map(({ anchor }) => anchor.number).sort()).toEqual([1, 2]);

    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    const publicKey = Buffer.from(PublicKey ?? []).toString('base64');
    const Key = 'anchors/0000000001.jsonl';
    const { Body, VersionId } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const anchor = parseAnchor((await Body?.transformToString()) ?? '');
    expect(anchor).toMatchObject({ anchor: { number: 1 }, publicKey });
    const put = new PutObjectCommand({ Bucket, Key, Body: '', IfNoneMatch: '*' });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const remove = new DeleteObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) });
    await expect(client.send(remove)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('snapshots in S3', () => {
  const snapshot = { head: { seq: 7, hash: 'h' }, fold: 'job/1', traceId: 't', state: { nodes: [1, 2] } };

  it('never fail the caller: what cannot be kept or read is left out', async () => {
    const broken: JsonObjects = {
      get: async () => JSON.parse('{'),
      put: async () => Promise.reject(new Error('denied')),
    };
    const store = createS3SnapshotStore(broken, log);
    await store.save('job/j', snapshot);
    expect(await store.load('job/j')).toBeUndefined();
    expect(log.warn).toHaveBeenCalledTimes(2);
  });
});
