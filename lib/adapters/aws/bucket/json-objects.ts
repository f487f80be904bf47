import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isNamed, upstream } from '../aws-errors';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Gzipped JSON documents of one bucket. */
export interface JsonObjects {
  readonly get: (key: string) => Promise<unknown>;
  /** Writes the document, unless `once` is set and the key exists. */
  readonly put: (key: string, value: unknown, options?: { readonly once: boolean }) => Promise<void>;
}

/** Those of which some are removed again. */
export interface RemovableObjects extends JsonObjects {
  /** Does nothing where there is no such object. */
  readonly remove: (key: string) => Promise<void>;
}

/** `get` answers undefined when there is no such object. */
export function createJsonObjects(client: S3Client, bucket: string): RemovableObjects {
  return {
    async get(key) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      try {
        const body = await upstream('S3 read', async () => {
          const { Body } = await client.send(command);
          return Body?.transformToByteArray();
        });
        return body && JSON.parse((await decompress(body)).toString('utf8'));
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    async put(key, value, options) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: await compress(JSON.stringify(value)),
        // Not `ContentEncoding`: some clients would then decompress on their own, and what is read here would vary.
        ContentType: 'application/gzip',
        ...(options?.once ? { IfNoneMatch: '*' } : {}),
      });
      try {
        await upstream('S3 write', () => client.send(command));
      } catch (error) {
        // 412: it exists. 409: another write of the same key is under way; same key, same content.
        const exists = isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict');
        if (!options?.once || !exists) throw error;
      }
    },
    async remove(key) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await upstream('S3 delete', () => client.send(command));
    },
  };
}
