import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical';
import type { StreamHead } from './envelope';
import { type Inclusion, inclusionProof, leafHash, merkleRoot, rootFrom } from './merkle';

/** Where a stream ended when it was anchored. */
export interface AnchoredHead extends StreamHead {
  readonly stream: string;
}

/** What is signed of an anchor. */
export interface AnchorBody {
  /** Version of its shape. */
  readonly v: 1;
  /** From 1 on, without gaps. */
  readonly number: number;
  /** When it was made, milliseconds since the epoch. */
  readonly at: number;
  /** SHA-256 of the body of the anchor before, as it was signed; 64 zeros before the first. */
  readonly previous: string;
  /** How many streams it covers, and the root over where they end. */
  readonly size: number;
  readonly root: string;
}

/** Where a stream stands in an anchor: with the body it proves what the stream ended with, and nothing of other streams. */
export interface AnchorProof extends Inclusion, StreamHead {}

/** The heads of an anchor in their order: by the name of the stream, which stands there once. */
export function orderedHeads(heads: Iterable<AnchoredHead>): readonly AnchoredHead[] {
  const latest = new Map<string, AnchoredHead>();
  for (const head of heads) {
    const before = latest.get(head.stream);
    if (!before || before.seq < head.seq) latest.set(head.stream, head);
  }
  return [...latest.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1));
}

/** RFC 8785 canonical JSON of a head, hashed as a leaf. */
function leafOf({ stream, seq, hash }: AnchoredHead): string {
  return leafHash(Buffer.from(canonicalJson({ stream, seq, hash }), 'utf8'));
}

/** @param heads in order, see `orderedHeads`. */
export function rootOf(heads: readonly AnchoredHead[]): string {
  return merkleRoot(heads.map(leafOf));
}

/** What is signed: RFC 8785 canonical JSON. */
export function anchorBytes({ v, number, at, previous, size, root }: AnchorBody): Buffer {
  return Buffer.from(canonicalJson({ v, number, at, previous, size, root }), 'utf8');
}

/** What the next anchor names this one by. */
export function anchorHash(body: AnchorBody): string {
  return createHash('sha256').update(anchorBytes(body)).digest('hex');
}

/** Proves where a stream ended in an anchor that covers it; undefined where it does not. @param heads in order. */
export function proofIn(heads: readonly AnchoredHead[], stream: string): AnchorProof | undefined {
  const index = heads.findIndex((head) => head.stream === stream);
  const head = heads[index];
  if (!head) return undefined;
  const path = inclusionProof(heads.map(leafOf), index);
  return { seq: head.seq, hash: head.hash, index, size: heads.length, path };
}

/** Whether a proof leads from where a stream ended to the root of an anchor. */
export function isAnchored(stream: string, { seq, hash, ...proof }: AnchorProof, body: AnchorBody): boolean {
  return proof.size === body.size && rootFrom(leafOf({ stream, seq, hash }), proof) === body.root;
}
