import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { anchorGrown } from '../../../lambdas/anchorer/anchor';
import { fingerprintOfPem } from '../../../lib/adapters/archive/signature';
import { createS3Anchors } from '../../../lib/adapters/aws/bucket/anchors';
import { createKmsSigner } from '../../../lib/adapters/aws/kms-signer';
import { readAnchors } from '../../../lib/adapters/embedded/disk/anchors';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { record } from '../../../lib/core/journal/envelope';
import { temporaryDir } from '../../support/e2e-files';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const cause = {
  at: 1,
  actor: { kind: 'user', id: 'ana' } as const,
  causeId: 'c',
  correlationId: 'x',
  traceId: 't',
};

/** A bucket that takes no object twice where it is asked not to, and a key as KMS keeps it. */
function cloud() {
  const objects = new Map<string, string>();
  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).callsFake(({ Key, Body, IfNoneMatch }) => {
    if (IfNoneMatch === '*' && objects.has(Key))
      throw Object.assign(new Error('it is there'), { name: 'PreconditionFailed', $fault: 'client' });
    objects.set(Key, String(Body));
    return {};
  });
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const text = objects.get(Key);
    if (text === undefined) throw Object.assign(new Error('there is none'), { name: 'NoSuchKey' });
    return { Body: { transformToString: async () => text } };
  });
  const kms = mockClient(KMSClient);
  kms.on(GetPublicKeyCommand).resolves({
    PublicKey: publicKey.export({ type: 'spki', format: 'der' }),
  });
  kms.on(SignCommand).callsFake(({ Message, MessageType, SigningAlgorithm }) => {
    expect([MessageType, SigningAlgorithm]).toEqual(['RAW', 'ECDSA_SHA_256']);
    return { Signature: sign('sha256', Message, privateKey) };
  });
  const signer = createKmsSigner(new KMSClient({}), 'key');
  return { objects, kms, anchors: () => createS3Anchors(new S3Client({}), 'anchors', signer) };
}

async function grown(streams: readonly string[]) {
  const journal = createMemoryJournalStore();
  for (const stream of streams) {
    const head = await journal.head(stream);
    await journal.append(stream, head, record(stream, head, [{ type: 'x', data: {} }], cause));
  }
  const records = streams.map((pk) => ({
    ...{ eventName: 'INSERT' as const },
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: 'EVT#0000000001' } } },
  }));
  return { journal, records };
}

/** What a person downloads: the objects in the order of their names, as one file. */
function downloaded(objects: ReadonlyMap<string, string>): string {
  const file = join(temporaryDir(), 'anchors.jsonl');
  const names = [...objects.keys()].filter((key) => key.startsWith('anchors/')).sort();
  writeFileSync(file, names.map((key) => objects.get(key)).join(''));
  return file;
}
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('the anchorer', () => {
  it('anchors where the streams of a batch end, signed by KMS, and the file of them verifies with its public key', async () => {
    const { objects, anchors } = cloud();
    const { journal, records } = await grown(['job/a', 'job/a', 'audit/2026-11-29-3', 'pool/default']);
    const marker = {
      eventName: 'INSERT' as const,
      dynamodb: { Keys: { pk: { S: 'job/a' }, sk: { S: 'LIST' } } },
    };
    const deps = { journal, anchors: anchors(), clock: () => 5 };
    expect(await anchorGrown(deps, [...records, marker])).toBe(3);
    expect(await anchorGrown(deps, records.slice(0, 1))).toBe(1);
    expect(await anchorGrown(deps, [])).toBe(0);
    expect([...objects.keys()]).toEqual([
      'anchors/0000000001.jsonl',
      'latest.json',
      'anchors/0000000002.jsonl',
    ]);
    const known = await readAnchors(downloaded(objects), [fingerprintOfPem(pem)]);
    expect(known.points('job/a').map(({ seq, anchor }) => [seq, anchor])).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect([...known.streams()].sort()).toEqual(['audit/2026-11-29-3', 'job/a', 'pool/default']);
  });

  it('takes the next number where another function took it at the same time', async () => {
    const { objects, anchors } = cloud();
    const { journal, records } = await grown(['job/a']);
    const runs = Array.from({ length: 4 }, () =>
      anchorGrown({ journal, anchors: anchors(), clock: () => 5 }, records),
    );
    expect(await Promise.all(runs)).toEqual([1, 1, 1, 1]);
    expect((await readAnchors(downloaded(objects))).count).toBe(4);
  });

  it('finds the last one where the hint was not written, and goes on from there', async () => {
    const { objects, anchors } = cloud();
    const { journal, records } = await grown(['job/a']);
    for (let i = 0; i < 3; i++) {
      await anchorGrown({ journal, anchors: anchors(), clock: () => i }, records);
      if (i === 1) objects.set('latest.json', '{"number":1}');
    }
    expect((await readAnchors(downloaded(objects))).count).toBe(3);
  });

  it('puts nothing where KMS does not sign, so that the batch comes again', async () => {
    const { objects, kms, anchors } = cloud();
    const { journal, records } = await grown(['job/a']);
    kms.on(SignCommand).rejects(Object.assign(new Error('later'), { name: 'ThrottlingException' }));
    const run = () => anchorGrown({ journal, anchors: anchors(), clock: () => 5 }, records);
    await expect(run()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect([...objects.keys()]).toEqual([]);
    kms.on(SignCommand).callsFake(({ Message }) => ({ Signature: sign('sha256', Message, privateKey) }));
    expect(await run()).toBe(1);
  });
});
