import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RepriseError } from '../../../core/errors';
import type { AnchoredHead } from '../../../core/journal/anchor';
import {
  type Anchor,
  anchorLine,
  type LastAnchor,
  lastOf,
  makeAnchor,
  NO_ANCHOR,
  parseAnchor,
} from '../../archive/anchor-text';
import type { Signer } from '../../archive/signature';
import { isNamed, upstream } from '../aws-errors';

/**
 * Anchors in a bucket where nothing can be overwritten or deleted while its lock lasts: `anchors/<number>.jsonl` with a line
 * each, so that all of them in the order of their names are a file of anchors. `latest.json` says where to look for the last
 * one; were it wrong, the next number would be taken, or missed.
 */
export interface AnchorWriter {
  /** Makes and puts the next anchor, durable when it resolves. @param at milliseconds since the epoch. */
  readonly anchor: (heads: readonly AnchoredHead[], at: number) => Promise<Anchor>;
}

const LATEST = 'latest.json';
const DIGITS = 10;
/** How often the next number is taken by somebody else before it is left to the next try. */
const MAX_CONFLICTS = 20;

const keyOf = (number: number): string => `anchors/${String(number).padStart(DIGITS, '0')}.jsonl`;

export function createS3Anchors(client: S3Client, Bucket: string, sign: Signer): AnchorWriter {
  async function read(Key: string): Promise<string | undefined> {
    try {
      const { Body } = await upstream('S3 read', () => client.send(new GetObjectCommand({ Bucket, Key })));
      return await Body?.transformToString();
    } catch (error) {
      if (isNamed(error, 'NoSuchKey', 'NotFound')) return undefined;
      throw error;
    }
  }

  /** @returns whether it is there now; another has that name where not. */
  async function put(Key: string, text: string, condition: object): Promise<boolean> {
    const ChecksumSHA256 = createHash('sha256').update(text).digest('base64');
    const command = new PutObjectCommand({ Bucket, Key, Body: text, ChecksumSHA256, ...condition });
    try {
      await upstream('S3 write', () => client.send(command));
      return true;
    } catch (error) {
      if (isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict')) return false;
      throw error;
    }
  }

  /** The anchor with a number, which has to be one. */
  async function anchorAt(number: number): Promise<LastAnchor | undefined> {
    const text = await read(keyOf(number));
    if (text === undefined) return undefined;
    const anchor = parseAnchor(text.trimEnd());
    if (typeof anchor !== 'string') return lastOf(anchor);
    throw new RepriseError('JOURNAL_CORRUPT', `${keyOf(number)} is no anchor to rely on: ${anchor}`);
  }

  async function latest(): Promise<LastAnchor> {
    const hint = JSON.parse((await read(LATEST)) ?? '{}') as { number?: number };
    let last = (hint.number && (await anchorAt(hint.number))) || NO_ANCHOR;
    for (let next = await anchorAt(last.number + 1); next; next = await anchorAt(last.number + 1))
      last = next;
    return last;
  }

  return {
    async anchor(heads, at) {
      let last = await latest();
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        const anchor = await makeAnchor(last, heads, { sign, at });
        const { number } = anchor.anchor;
        if (
          await put(keyOf(number), anchorLine(anchor), { IfNoneMatch: '*', ContentType: 'application/jsonl' })
        ) {
          await put(LATEST, JSON.stringify({ number }), { ContentType: 'application/json' });
          return anchor;
        }
        last = (await anchorAt(number)) ?? last;
      }
      throw new RepriseError('UPSTREAM_UNAVAILABLE', 'others have anchored all the time: try again');
    },
  };
}
