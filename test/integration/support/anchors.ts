import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { temporaryDir } from '../../support/e2e-files';
import type { LocalEnvironment } from './local-environment';

/** What somebody needs to verify journals of a deployment offline: files, and nothing of the deployment. */
export interface Downloaded {
  /** The objects of the bucket in the order of their names, as one file. */
  readonly anchors: string;
  /** The public key of KMS, in PEM. */
  readonly key: string;
}

export async function downloadAnchors({ deployment, stateDir }: LocalEnvironment): Promise<Downloaded> {
  const outputs = JSON.parse(readFileSync(join(stateDir, 'outputs.json'), 'utf8'))['reprise-local-data'];
  const { AnchorBucketName: Bucket, AnchorKeyArn: KeyId } = outputs;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: deployment.endpoint, region: 'us-east-1', credentials };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'anchors/' }));
  const lines: string[] = [];
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    lines.push((await Body?.transformToString()) ?? '');
  }
  const { PublicKey } = await new KMSClient(config).send(new GetPublicKeyCommand({ KeyId }));
  const der = { key: Buffer.from(PublicKey as Uint8Array), type: 'spki', format: 'der' } as const;
  const dir = temporaryDir();
  const downloaded = { anchors: join(dir, 'anchors.jsonl'), key: join(dir, 'key.pem') };
  writeFileSync(downloaded.anchors, lines.join(''));
  writeFileSync(downloaded.key, createPublicKey(der).export({ type: 'spki', format: 'pem' }));
  return downloaded;
}
