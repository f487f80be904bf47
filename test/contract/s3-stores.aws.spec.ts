import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects, type JsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
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
