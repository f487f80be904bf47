import { createHash } from 'node:crypto';

/**
 * Merkle trees as certificate transparency has them: https://www.rfc-editor.org/rfc/rfc6962#section-2.1. A leaf and a node
 * are hashed with different first bytes, so that neither can pass for the other, and a tree of `n` leaves splits at the
 * largest power of two below `n`, so that no leaf is ever doubled. Hashes are SHA-256 in hex.
 */
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The hash of a leaf, from its bytes. */
export function leafHash(bytes: Uint8Array): string {
  return sha256(LEAF, bytes).toString('hex');
}

function nodeHash(left: string, right: string): string {
  return sha256(NODE, Buffer.from(left, 'hex'), Buffer.from(right, 'hex')).toString('hex');
}

/** The largest power of two below a size of two or more. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** The root over hashes of leaves; that of no leaf is the hash of nothing. */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256().toString('hex');
  // Level by level: what is left over goes up as it is, which gives the same tree as splitting at powers of two.
  let level = leaves;
  while (level.length > 1) {
    const above: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as string, level[i + 1]];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return level[0] as string;
}

/** The hashes beside the way from a leaf up to the root, the lowest first. @throws Error where there is no such leaf. */
export function inclusionProof(leaves: readonly string[], index: number): readonly string[] {
  if (!(index >= 0 && index < leaves.length)) throw new Error(`no leaf ${index} of ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...inclusionProof(leaves.slice(0, split), index), merkleRoot(leaves.slice(split))]
    : [...inclusionProof(leaves.slice(split), index - split), merkleRoot(leaves.slice(0, split))];
}

export interface Inclusion {
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  readonly path: readonly string[];
}

/** The root that a leaf and its proof lead to: https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2. Undefined where they lead to none. */
export function rootFrom(leaf: string, { index, size, path }: Inclusion): string | undefined {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size)
    return undefined;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash);
      // Where a leaf is the last of its level, it goes up alone.
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, beside);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}
