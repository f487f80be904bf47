import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RepriseError } from '../../../core/errors';
import type { StreamHead } from '../../../core/journal/envelope';
import { addressOf } from '../../../core/messages/address';
import type { Archived } from '../../../core/ports/cleanup';
import type { Archive } from '../../archive/archive-text';
import { isNamed, upstream } from '../aws-errors';

/** Streams that are gone, under `archive/<kind>/<yyyy-mm-dd>/<id>.jsonl.gz` by the day of their last event (UTC). */
export interface Archives {
  /** What is archived of a stream that ended so and at that time, where it is. */
  readonly find: (stream: string, ended: Ended) => Promise<Archived | undefined>;
  /** Puts an archive, and asks whether it is there as it was put. A repeat finds what is there. */
  readonly keep: (stream: string, ended: Ended, archive: Archive) => Promise<Archived>;
}

export interface Ended {
  readonly head: StreamHead;
  /** Of the last event, milliseconds since the epoch. */
  readonly at: number;
}

export function createS3Archives(client: S3Client, Bucket: string): Archives {
  /** What an object says of itself; undefined where there is none. */
  async function look(Key: string): Promise<{ bytes: number; said: Said } | undefined> {
    try {
      const command = new HeadObjectCommand({ Bucket, Key });
      const { ContentLength = 0, Metadata = {} } = await upstream('S3 read', () => client.send(command));
      return { bytes: ContentLength, said: Metadata };
    } catch (error) {
      if (isNamed(error, 'NotFound', 'NoSuchKey')) return undefined;
      throw error;
    }
  }

  async function find(stream: string, { head, at }: Ended): Promise<Archived | undefined> {
    for (const archive of keysOf(stream, { head, at })) {
      const found = await look(archive);
      if (!found || !isOf(found.said, head)) continue;
      return { archive, head, signedBy: found.said['signed-by'] ?? '', bytes: found.bytes };
    }
    return undefined;
  }

  async function put(Key: string, { head, signedBy, bytes }: Archive): Promise<boolean> {
    const command = new PutObjectCommand({
      ...{ Bucket, Key, Body: bytes, ContentType: 'application/gzip' },
      Metadata: { events: String(head.seq), hash: head.hash, 'signed-by': signedBy },
      // S3 refuses what does not arrive as it was sent.
      ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
      IfNoneMatch: '*',
    });
    try {
      await upstream('S3 write', () => client.send(command));
      return true;
    } catch (error) {
      if (isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict')) return false;
      throw error;
    }
  }

  return {
    find,
    async keep(stream, ended, archive) {
      for (const key of keysOf(stream, ended)) {
        await put(key, archive);
        const found = await look(key);
        // Another job had the same id, and ended on the same day.
        if (found && !isOf(found.said, ended.head)) continue;
        if (found && Number(found.said['events']) === ended.head.seq && found.bytes > 0)
          return { archive: key, head: ended.head, signedBy: archive.signedBy, bytes: found.bytes };
        throw unseen(key);
      }
      throw unseen(stream);
    },
  };
}

type Said = Readonly<Record<string, string>>;

const isOf = (said: Said, { hash }: StreamHead): boolean => said['hash'] === hash;

/** Where a stream is archived, and where, if a stream of the same name is archived there already. */
function keysOf(stream: string, { head, at }: Ended): readonly [string, string] {
  const { kind, id } = addressOf(stream);
  const base = `archive/${kind}/${new Date(at).toISOString().slice(0, 'yyyy-mm-dd'.length)}/${id}`;
  return [`${base}.jsonl.gz`, `${base}.${head.hash.slice(0, 16)}.jsonl.gz`];
}

function unseen(what: string): RepriseError {
  return new RepriseError('UPSTREAM_UNAVAILABLE', `the archive of ${what} is not there as it was put`);
}
