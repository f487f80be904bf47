/** Square matrix of bits: one row per node, 32 columns per word. */
export interface BitMatrix {
  readonly size: number;
  /** Words per row. */
  readonly stride: number;
  readonly words: Uint32Array;
}

export function bitMatrix(size: number): BitMatrix {
  const stride = (size + 31) >>> 5;
  return { size, stride, words: new Uint32Array(size * stride) };
}

export function hasBit(matrix: BitMatrix, row: number, column: number): boolean {
  return ((matrix.words[row * matrix.stride + (column >>> 5)]! >>> (column & 31)) & 1) === 1;
}

export function setBit(matrix: BitMatrix, row: number, column: number): void {
  const word = row * matrix.stride + (column >>> 5);
  matrix.words[word] = matrix.words[word]! | (1 << (column & 31));
}

/** Adds all of row `from` to row `to`. */
export function addRow(matrix: BitMatrix, to: number, from: number): void {
  const { stride, words } = matrix;
  const a = to * stride;
  const b = from * stride;
  for (let k = 0; k < stride; k++) words[a + k] = words[a + k]! | words[b + k]!;
}
