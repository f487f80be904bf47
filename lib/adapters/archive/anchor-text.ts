import * as z from 'zod';
import {
  type AnchorBody,
  type AnchoredHead,
  type AnchorProof,
  anchorBytes,
  anchorHash,
  isAnchored,
  orderedHeads,
  proofIn,
  rootOf,
} from '../../core/journal/anchor';
import { GENESIS } from '../../core/journal/envelope';
import { fingerprintOf, isSignatureOf, SIGNATURE, type Signer } from './signature';

const natural = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const bodySchema = z.strictObject({
  v: z.literal(1),
  number: z.number().int().positive(),
  at: z.number(),
  previous: hash,
  size: natural,
  root: hash,
});

const signedSchema = z.strictObject({ anchor: bodySchema, ...SIGNATURE });

/** An anchor without the heads: what an export carries, as other streams are nobody's business there. */
export type SignedAnchor = z.infer<typeof signedSchema>;

const anchorSchema = z.strictObject({
  anchor: bodySchema,
  /** Stream, sequence and hash of each head, by the name of the stream. */
  heads: z.array(z.tuple([z.string(), z.number().int().positive(), hash])),
  ...SIGNATURE,
});

/** An anchor as it is kept, one a line: what is signed, and the heads that its root is over. */
export interface Anchor extends SignedAnchor {
  readonly heads: readonly AnchoredHead[];
}

/** That an anchor covers a stream: it stands in the last line of an export. */
export const anchoredSchema = z.strictObject({
  ...signedSchema.shape,
  proof: z.strictObject({
    seq: z.number().int().positive(),
    hash,
    index: natural,
    size: natural,
    path: z.array(hash).max(64),
  }),
});
export type Anchored = z.infer<typeof anchoredSchema>;

/** What the next anchor follows. */
export interface LastAnchor {
  readonly number: number;
  readonly hash: string;
}

export const NO_ANCHOR: LastAnchor = { number: 0, hash: GENESIS };

/** Makes the next anchor. @param at milliseconds since the epoch. */
export async function makeAnchor(
  last: LastAnchor,
  heads: Iterable<AnchoredHead>,
  { sign, at }: { readonly sign: Signer; readonly at: number },
): Promise<Anchor> {
  const ordered = orderedHeads(heads);
  const body: AnchorBody = {
    ...{ v: 1, number: last.number + 1, at, previous: last.hash },
    ...{ size: ordered.length, root: rootOf(ordered) },
  };
  return { anchor: body, heads: ordered, ...(await sign(anchorBytes(body))) };
}

export const lastOf = ({ anchor }: SignedAnchor): LastAnchor => ({
  ...{ number: anchor.number, hash: anchorHash(anchor) },
});

/** One line, newline included. */
export function anchorLine({ anchor, heads, publicKey, signature }: Anchor): string {
  const rows = heads.map(({ stream, seq, hash }) => [stream, seq, hash]);
  return `${JSON.stringify({ anchor, heads: rows, publicKey, signature })}\n`;
}

/** An anchor, or what is wrong with the line: it is looked at by itself. */
export function parseAnchor(text: string): Anchor | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const parsed = anchorSchema.safeParse(value);
  if (!parsed.success) return 'it is no anchor';
  const { heads: rows, ...signed } = parsed.data;
  const heads = rows.map(([stream, seq, hash]) => ({ stream, seq, hash }));
  const { anchor } = signed;
  if (!isSigned(signed)) return 'its signature does not match it';
  if (anchor.size !== heads.length || anchor.root !== rootOf(heads))
    return 'its root is not that of its heads';
  if (heads.some(({ stream }, i) => i > 0 && stream <= (heads[i - 1]?.stream ?? '')))
    return 'its heads are not in order';
  return { ...signed, heads };
}

function isSigned({ anchor, ...signature }: SignedAnchor): boolean {
  return isSignatureOf(anchorBytes(anchor), signature);
}

/** What is wrong with an anchor as the one that follows another; undefined where nothing is. */
export function complaintAfter(before: LastAnchor | undefined, { anchor }: SignedAnchor): string | undefined {
  if (!before) return undefined;
  if (anchor.number !== before.number + 1)
    return `it is number ${anchor.number}, and ${before.number + 1} was expected`;
  return anchor.previous === before.hash ? undefined : 'it does not follow the one before it';
}

/** What an export says of a stream that an anchor covers; undefined where it does not. */
export function anchoredIn(
  { heads, anchor, publicKey, signature }: Anchor,
  stream: string,
): Anchored | undefined {
  const proof: AnchorProof | undefined = proofIn(heads, stream);
  return proof && { anchor, publicKey, signature, proof: { ...proof, path: [...proof.path] } };
}

/** What is wrong with a proof, or with the anchor that it leads to. */
export function complaintAbout(stream: string, { proof, ...signed }: Anchored): string | undefined {
  if (!isSigned(signed)) return `the signature of anchor ${signed.anchor.number} does not match it`;
  if (isAnchored(stream, proof, signed.anchor)) return undefined;
  return `the proof does not lead to anchor ${signed.anchor.number}`;
}

export const signerOfAnchor = (anchor: Pick<SignedAnchor, 'publicKey'>): string => fingerprintOf(anchor);
