import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { inclusionProof, leafHash, merkleRoot, rootFrom } from '../../../../lib/core/journal/merkle';

/** https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc: leaves and roots by size. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = INPUTS.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const some = (count: number) => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));

describe('a Merkle tree', () => {
  it('has the roots that certificate transparency has', () => {
    expect(leaves.map((_, i) => merkleRoot(leaves.slice(0, i + 1)))).toEqual(ROOTS);
    expect(merkleRoot([])).toBe(createHash('sha256').digest('hex'));
  });

  it('is led to from each of its leaves by a proof, whatever its size', () => {
    for (let size = 1; size <= 33; size++) {
      const tree = some(size);
      for (const [index, leaf] of tree.entries())
        expect(rootFrom(leaf, { index, size, path: inclusionProof(tree, index) })).toBe(merkleRoot(tree));
    }
  });

  it('is not led to from another leaf, place, size or path', () => {
    const size = fc.integer({ min: 2, max: 40 });
    const wrong = fc.record({
      size,
      seed: fc.nat(),
      what: fc.constantFrom('leaf', 'index', 'cut', 'more', 'swap'),
    });
    fc.assert(
      fc.property(wrong, ({ size, seed, what }) => {
        const tree = some(size);
        const index = seed % size;
        const path = [...inclusionProof(tree, index)];
        const at = seed % path.length;
        const [leaf, place, changed] = {
          leaf: [tree[(index + 1) % size], index, path] as const,
          index: [tree[index], (index + 1) % size, path] as const,
          cut: [tree[index], index, path.toSpliced(at, 1)] as const,
          more: [tree[index], index, [...path, path[at] as string]] as const,
          swap: [tree[index], index, path.with(at, leafHash(Buffer.from('x')))] as const,
        }[what];
        expect(rootFrom(leaf as string, { index: place, size, path: changed })).not.toBe(merkleRoot(tree));
      }),
    );
  });

  it('takes no node for a leaf', () => {
    const [a, b] = some(2) as [string, string];
    const node = Buffer.concat([Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]);
    expect(leafHash(node)).not.toBe(merkleRoot([a, b]));
    expect(() => inclusionProof([a, b], 2)).toThrow('no leaf 2 of 2');
  });
});
